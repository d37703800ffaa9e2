-- since 18
CREATE TABLE t (a int, b int, v int GENERATED ALWAYS AS (a * 2), w int GENERATED ALWAYS AS (a + b) VIRTUAL, x text); CREATE VIEW q AS SELECT v, w FROM t; COMMENT ON COLUMN t.v IS 'twice'; GRANT SELECT (v) ON t TO reader;
