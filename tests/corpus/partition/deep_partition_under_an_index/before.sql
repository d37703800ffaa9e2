CREATE TABLE t (a int, b int) PARTITION BY RANGE (a);
CREATE INDEX t_b ON t (b);
