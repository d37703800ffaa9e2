CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t(a);
