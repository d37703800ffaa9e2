CREATE DOMAIN d AS int; CREATE TYPE c AS (x d); CREATE DOMAIN dc AS c CHECK ((VALUE).x > 1); CREATE TABLE t (a dc, b dc[]);
