CREATE TABLE t (a int, c int, g int GENERATED ALWAYS AS (a + c) STORED, UNIQUE (g));
