CREATE TYPE e AS ENUM ('a', 'c\d'''); CREATE TABLE t (a e DEFAULT 'c\d'''); CREATE TYPE g AS ENUM ('w\y''', 'z'); CREATE VIEW v AS SELECT 'w\y'''::g AS g;
