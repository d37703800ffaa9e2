-- since 15
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w WITH (security_invoker=true, security_barrier=true) AS SELECT a FROM t; CREATE VIEW x AS SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;
