CREATE TABLE p (id int); CREATE TABLE c (id int, b int); ALTER TABLE c INHERIT p;
