CREATE TABLE t (a varchar(10), b int, CHECK (a <> 'x')); CREATE INDEX i ON t (b) WHERE a = 'y'; CREATE INDEX j ON t (lower(a));
