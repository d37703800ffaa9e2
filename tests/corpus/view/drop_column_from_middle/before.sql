CREATE TABLE t (a int, b int, c int); CREATE VIEW v AS SELECT a, b, c FROM t; GRANT SELECT ON v TO reader; CREATE VIEW w AS SELECT a FROM v;
