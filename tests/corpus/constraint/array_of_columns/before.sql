CREATE TABLE t (a varchar(9), b varchar, c varchar(5), n numeric, i integer, j integer);
CREATE VIEW v AS SELECT a FROM t;
