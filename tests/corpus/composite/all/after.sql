CREATE TYPE c AS (a bigint, z text COLLATE "C"); CREATE TYPE d AS (x c[]); COMMENT ON TYPE c IS 'x'; COMMENT ON COLUMN c.a IS 'a';
