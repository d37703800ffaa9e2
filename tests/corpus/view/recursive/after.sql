CREATE TABLE t (id int, parent int); CREATE RECURSIVE VIEW v (id) AS SELECT id FROM t WHERE parent IS NULL UNION ALL SELECT t.id FROM t JOIN v ON t.parent = v.id;
