CREATE TABLE t (a int, b int, CONSTRAINT m UNIQUE (a)); CREATE INDEX n ON t (b);
