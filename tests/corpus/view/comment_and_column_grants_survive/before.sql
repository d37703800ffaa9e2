CREATE TABLE t (a int, b varchar(5)); CREATE VIEW v AS SELECT a, b FROM t; COMMENT ON COLUMN v.b IS 'b'; GRANT SELECT (a) ON v TO reader; COMMENT ON VIEW v IS 'v';
