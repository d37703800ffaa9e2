CREATE TABLE t (a bigint DEFAULT 0, b int NOT NULL);
