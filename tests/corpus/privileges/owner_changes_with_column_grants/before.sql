CREATE TABLE t (a int, b int); GRANT SELECT (a) ON t TO reader; CREATE VIEW v AS SELECT a FROM t; GRANT SELECT ON v TO reader;
