CREATE TABLE p (id int); CREATE TABLE c (b int) INHERITS (p);
