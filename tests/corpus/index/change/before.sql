CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (b) WITH (fillfactor=70) WHERE a > 0; CREATE INDEX k ON t (a, b);
