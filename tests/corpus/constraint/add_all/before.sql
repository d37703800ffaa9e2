CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (a int, b int, c int);
