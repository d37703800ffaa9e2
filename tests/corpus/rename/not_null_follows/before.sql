-- since 18
CREATE TABLE t (a int NOT NULL, b int CONSTRAINT bb NOT NULL, c int PRIMARY KEY); CREATE TABLE s (x int NOT NULL, y text);
