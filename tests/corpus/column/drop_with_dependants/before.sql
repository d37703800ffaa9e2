CREATE TABLE t (a int, b int, c int UNIQUE, CHECK (b > a)); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a, b FROM t; CREATE STATISTICS s ON a, b FROM t;
