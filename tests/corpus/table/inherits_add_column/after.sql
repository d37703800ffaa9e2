CREATE TABLE p (id int, x int NOT NULL DEFAULT 3, CHECK (x > 0)); CREATE TABLE c (b int) INHERITS (p);
