CREATE TABLE t (a text, b int, CHECK (a <> 'x')); CREATE INDEX i ON t (b) WHERE a = 'y'; CREATE INDEX j ON t (lower(a));
