-- since 18
CREATE TABLE t (a int PRIMARY KEY, b int, c int NOT NULL UNIQUE); CREATE TABLE u (a int NOT NULL, b int PRIMARY KEY); CREATE TABLE v (a int);
