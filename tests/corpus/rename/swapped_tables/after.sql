CREATE TABLE b (x int); CREATE TABLE a (y text);
