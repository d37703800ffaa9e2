-- since 16
CREATE TABLE t (a int); CREATE VIEW v AS SELECT any_value(a) AS a FROM t;
