CREATE TYPE e AS ENUM ('b'); CREATE TYPE c AS (x e, y e[]); CREATE TYPE o AS (c c, n int); CREATE TABLE t (c c, o o[]);
CREATE FUNCTION f(c) RETURNS e LANGUAGE sql AS 'SELECT ($1).x';
