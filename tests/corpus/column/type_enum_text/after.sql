CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (a text DEFAULT 'a', b e DEFAULT 'b');
