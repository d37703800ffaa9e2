CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (a > b), CONSTRAINT u UNIQUE (a, b));
