CREATE TABLE t (a int); CREATE INDEX shared ON t (a);
