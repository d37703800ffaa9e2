-- since 18
CREATE TABLE u (a int NOT NULL, b int CONSTRAINT bb NOT NULL, c int PRIMARY KEY); CREATE TABLE s (z int NOT NULL, y text);
