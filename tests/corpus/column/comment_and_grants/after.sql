CREATE TABLE t (a int, b int, c int); COMMENT ON COLUMN t.b IS 'b'; GRANT SELECT (b), UPDATE (b, c) ON t TO writer; GRANT SELECT (a) ON t TO reader WITH GRANT OPTION;
