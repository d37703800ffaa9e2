-- since 17
CREATE TABLE t (j jsonb); CREATE VIEW v AS SELECT jt.a FROM t, JSON_TABLE(t.j, '$[*]' COLUMNS (a int PATH '$.a')) jt;
