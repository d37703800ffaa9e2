CREATE TABLE t (a varchar(9), b varchar, c varchar(5), n numeric, i integer, j integer,
    CHECK (a IN (b, c)), CHECK (n = ANY (ARRAY[i, j])), CHECK (a IN (b, 'x')));
CREATE VIEW v AS SELECT a FROM t WHERE a IN (b, c);
CREATE VIEW w AS SELECT x.a FROM t x, t y WHERE x.a IN (y.b, x.c);
CREATE INDEX i ON t (a) WHERE a IN (b, c);
