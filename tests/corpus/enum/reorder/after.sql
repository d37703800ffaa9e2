CREATE TYPE e AS ENUM ('c', 'b', 'a'); CREATE TABLE t (x e DEFAULT 'b', y e[] DEFAULT '{a,b}'); CREATE INDEX i ON t (x);
