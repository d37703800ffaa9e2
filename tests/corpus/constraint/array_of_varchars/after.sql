CREATE TABLE t (a varchar(10), b varchar(20), c varchar, d varchar(20), n char(3), m char(3),
    CONSTRAINT several CHECK (a = ANY (ARRAY[b, c])),
    CONSTRAINT same CHECK (a <> ALL (ARRAY[b, d])),
    CONSTRAINT casts CHECK (a = ANY (ARRAY[b, c::varchar(7), 'x'::varchar])),
    CONSTRAINT listed CHECK (a IN (b, c, d)),
    CONSTRAINT chars CHECK (n::text = ANY (ARRAY[n, m])));
CREATE INDEX i ON t (a) WHERE a = ANY (ARRAY[b, c]);
CREATE VIEW v AS SELECT 1 AS x FROM t WHERE a = ANY (ARRAY[b, c]) OR a <> ALL (ARRAY[b, d]);
