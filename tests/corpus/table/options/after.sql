CREATE TABLE t (id int, a text) WITH (fillfactor=80, toast.autovacuum_enabled=off, parallel_workers=2);
