CREATE TABLE t (a integer, b text);
ALTER TABLE t SET (toast.autovacuum_enabled = off);
