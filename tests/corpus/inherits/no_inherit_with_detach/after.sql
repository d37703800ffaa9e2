-- since 18
CREATE TABLE p (a int NOT NULL, b int CONSTRAINT pb NOT NULL); CREATE TABLE k (a int, b int);
