CREATE FUNCTION f(a int, b text DEFAULT 'y', d int DEFAULT 3) RETURNS TABLE (x int, y text, z int) LANGUAGE sql AS 'SELECT 1, $2, 3';
CREATE VIEW v AS SELECT x, y, z FROM f(1);
CREATE FUNCTION k(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE TABLE t (a int DEFAULT k(1), b int CHECK (k(b) > 0));
CREATE POLICY p ON t USING (k(a) = 1);
GRANT SELECT ON v TO reader;
