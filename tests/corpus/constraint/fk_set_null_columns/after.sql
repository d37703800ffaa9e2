-- since 15
CREATE TABLE r (id int, x int, PRIMARY KEY (id, x)); CREATE TABLE t (a int, b int, FOREIGN KEY (a, b) REFERENCES r ON DELETE SET NULL (b));
