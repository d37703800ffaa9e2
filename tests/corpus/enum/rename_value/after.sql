CREATE TYPE e AS ENUM ('a', 'bb', 'c'); CREATE TABLE t (x e DEFAULT 'bb'); CREATE INDEX i ON t (x) WHERE x = 'bb';
