CREATE TABLE t (a bool DEFAULT true, b int DEFAULT 0, c jsonb, d int[]);
