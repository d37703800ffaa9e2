CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a, b); CREATE INDEX j ON t (b) WITH (fillfactor=80) WHERE a > 0; CREATE UNIQUE INDEX k ON t (a, b);
