CREATE TABLE t (a int); CREATE TABLE shared (a int);
