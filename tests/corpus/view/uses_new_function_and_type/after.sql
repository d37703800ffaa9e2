CREATE TYPE k AS ENUM ('x'); CREATE FUNCTION f(text) RETURNS k LANGUAGE sql AS $$ SELECT 'x'::k $$; CREATE TABLE t (a text); CREATE VIEW v AS SELECT a, f(a) AS k FROM t WHERE f(a) = 'x';
