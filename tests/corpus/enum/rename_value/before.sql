CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (x e DEFAULT 'b'); CREATE INDEX i ON t (x) WHERE x = 'b';
