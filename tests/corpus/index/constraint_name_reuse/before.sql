CREATE TABLE t (a int, b int, CONSTRAINT n UNIQUE (a)); CREATE INDEX m ON t (b);
