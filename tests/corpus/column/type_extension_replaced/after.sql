CREATE TABLE t (a jsonb, b int);
