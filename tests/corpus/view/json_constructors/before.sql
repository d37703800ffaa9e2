-- since 16
CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT JSON_OBJECT('a': a) AS o FROM t;
