CREATE TABLE base (id int, n text); CREATE TABLE x (id int, n text); CREATE VIEW y AS SELECT id FROM x; CREATE FUNCTION f(x) RETURNS int LANGUAGE sql AS 'SELECT 1';
