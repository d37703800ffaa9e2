CREATE TABLE a (id int PRIMARY KEY, x int, shared text); CREATE TABLE b (id int PRIMARY KEY REFERENCES a);
