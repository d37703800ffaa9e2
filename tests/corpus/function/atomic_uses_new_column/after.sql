CREATE TABLE t (a int, n int); CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql RETURN (SELECT max(n) FROM t) + x; CREATE VIEW v AS SELECT f(a) AS b, f(n) AS c FROM t;
