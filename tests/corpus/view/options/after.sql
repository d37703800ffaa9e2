-- since 15
CREATE TABLE t (a int); CREATE VIEW v WITH (security_barrier) AS SELECT a FROM t; CREATE VIEW w WITH (security_invoker=true) AS SELECT a, 1 AS b FROM t; CREATE VIEW x AS SELECT a FROM t WHERE a > 0 WITH CASCADED CHECK OPTION;
