-- since 18
CREATE TABLE t (a int, b int, v int GENERATED ALWAYS AS (a * 3) VIRTUAL); CREATE STATISTICS s ON a, b, (a + b) FROM t;
