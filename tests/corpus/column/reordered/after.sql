CREATE TABLE t (c int, b int, a int);
