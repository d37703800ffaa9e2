CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e DEFAULT 'a'); CREATE TYPE g AS ENUM ('x\y''', 'z'); CREATE VIEW v AS SELECT 'x\y'''::g AS g;
