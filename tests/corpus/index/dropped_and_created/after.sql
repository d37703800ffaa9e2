CREATE TABLE t (a int, b int); CREATE INDEX z ON t (a, b DESC);
