CREATE TABLE t (id int, b int NOT NULL DEFAULT 7, c text);
