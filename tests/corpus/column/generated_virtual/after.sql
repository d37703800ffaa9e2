-- since 18
CREATE TABLE t (a int, b int, v int GENERATED ALWAYS AS (a * 3), w int GENERATED ALWAYS AS (a - b) STORED, y text GENERATED ALWAYS AS (a::text || 'x') VIRTUAL NOT NULL); CREATE VIEW q AS SELECT v, w FROM t; COMMENT ON COLUMN t.v IS 'thrice'; GRANT SELECT (v) ON t TO reader;
