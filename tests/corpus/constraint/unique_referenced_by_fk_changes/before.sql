CREATE TABLE a (x int, y int, CONSTRAINT u UNIQUE (x)); CREATE TABLE b (x int REFERENCES a (x));
