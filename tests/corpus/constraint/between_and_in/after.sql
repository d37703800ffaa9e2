CREATE DOMAIN code AS varchar(4) CHECK (VALUE IN ('a', 'b') AND length(VALUE) = 1);
CREATE TABLE t (
    a varchar(10) CHECK (a IN ('x', 'y', 'it''s')),
    b int CHECK (b BETWEEN 2 AND 10 AND b <> 5 AND b BETWEEN 3 AND 11),
    c text CHECK (c IN ('a', 'b') OR c IN ('d', lower(c)) OR c IS NULL),
    d code CHECK (d IN ('x', 'y')),
    e int GENERATED ALWAYS AS (CASE WHEN b BETWEEN 1 AND 2 AND b > 0 THEN 1 ELSE 2 END) STORED
);
CREATE TABLE pinned (a varchar CHECK (a NOT IN ('x')), b int CHECK (b BETWEEN 1 AND 10 AND b <> 5));
CREATE INDEX picked ON t (a) WHERE b BETWEEN 1 AND 10 AND a IN ('x', 'y');
CREATE VIEW v AS SELECT * FROM t WHERE (b BETWEEN 1 AND 10 AND a IN ('x', 'y')) OR ((b, b) = (1, 2) AND c = '3');
CREATE FUNCTION f(a varchar, b int) RETURNS boolean LANGUAGE sql
    RETURN b BETWEEN 1 AND 2 AND a IN ('x', 'y');
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (b BETWEEN 1 AND 10 AND a IN ('x', 'y'));
