-- since 18
CREATE TABLE t (a int, b int, v int GENERATED ALWAYS AS (a * 2) VIRTUAL); CREATE STATISTICS s ON a, b FROM t;
