CREATE TABLE t (c int, d int);
