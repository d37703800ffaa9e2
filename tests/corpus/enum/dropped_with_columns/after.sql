CREATE TABLE t (y int);
