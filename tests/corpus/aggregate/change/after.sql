CREATE AGGREGATE total(numeric) (SFUNC = numeric_add, STYPE = numeric, INITCOND = '1'); CREATE TABLE t (a numeric); CREATE VIEW v AS SELECT total(a) FROM t;
