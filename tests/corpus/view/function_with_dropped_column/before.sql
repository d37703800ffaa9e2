CREATE TABLE t (a integer, b text, c date);
CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';
