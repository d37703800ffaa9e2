-- since 18
CREATE TABLE t (a int, b jsonb, v int GENERATED ALWAYS AS (a * 2) VIRTUAL); CREATE INDEX i ON t USING gin (b jsonb_path_ops) WITH (gin_pending_list_limit = 128); CREATE STATISTICS s ON a, (a * 2) FROM t;
