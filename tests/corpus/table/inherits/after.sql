CREATE TABLE p (id int, a text DEFAULT 'x', CHECK (id > 0)); CREATE TABLE c (b int) INHERITS (p); CREATE TABLE d (id int NOT NULL, a text DEFAULT 'y') INHERITS (p);
