CREATE TABLE t (a int DEFAULT 1, b varchar(20), c uuid); CREATE INDEX i ON t (a);
