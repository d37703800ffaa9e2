CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (x e DEFAULT 'b', y e[] DEFAULT '{a,b}'); CREATE INDEX i ON t (x);
