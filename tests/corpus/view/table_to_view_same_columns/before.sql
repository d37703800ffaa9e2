CREATE TABLE x (a int); CREATE TABLE t (a int, b text); CREATE VIEW d AS SELECT a FROM t;
