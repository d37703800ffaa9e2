CREATE TABLE t (a int DEFAULT 1, b bool DEFAULT false, c text, d text[]);
