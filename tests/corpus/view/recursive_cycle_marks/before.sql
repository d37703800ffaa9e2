CREATE TABLE t (id int, up int);
