CREATE TABLE t (a numeric(12,4) DEFAULT 0, b numeric, c int, d char(5));
