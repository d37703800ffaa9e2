CREATE TABLE a (x int, y int, CONSTRAINT u UNIQUE (x, y)); CREATE TABLE b (x int, y int, FOREIGN KEY (x, y) REFERENCES a (x, y));
