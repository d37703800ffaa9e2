CREATE TABLE t (id int, total numeric);
