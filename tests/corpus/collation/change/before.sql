CREATE COLLATION c (provider = icu, locale = 'de'); CREATE TABLE t (a text COLLATE c, b int); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t;
