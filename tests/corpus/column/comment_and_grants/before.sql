CREATE TABLE t (a int, b int, c int); COMMENT ON COLUMN t.a IS 'a'; GRANT SELECT (a) ON t TO reader;
