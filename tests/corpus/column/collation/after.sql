CREATE TABLE t (a text COLLATE "C", b text); CREATE INDEX i ON t (a);
