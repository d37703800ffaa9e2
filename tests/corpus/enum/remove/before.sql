CREATE TYPE e AS ENUM ('a', 'b', 'c');
CREATE TABLE t (id int, x e DEFAULT 'a' NOT NULL, y e[], CHECK (x <> 'c'));
CREATE INDEX ti ON t(x) WHERE x = 'a';
CREATE VIEW v AS SELECT * FROM t WHERE x = 'a';
CREATE FUNCTION f(x e) RETURNS e LANGUAGE sql AS $$ SELECT x $$;
