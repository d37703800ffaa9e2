CREATE TABLE p (a int, x int); CREATE TABLE c (b int) INHERITS (p); CREATE TABLE d () INHERITS (c);
