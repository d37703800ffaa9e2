CREATE TYPE c AS (a bigint, b text); CREATE TABLE t (x c, y c[]); CREATE FUNCTION f(c) RETURNS c LANGUAGE sql AS 'SELECT $1';
