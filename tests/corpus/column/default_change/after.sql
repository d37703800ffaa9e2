CREATE TABLE t (a int DEFAULT 3, b int, c int DEFAULT 4);
