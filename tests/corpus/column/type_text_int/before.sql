CREATE TABLE t (a text DEFAULT '1', b varchar(10), c text); CREATE INDEX i ON t (a);
