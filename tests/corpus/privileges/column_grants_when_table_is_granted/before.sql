CREATE TABLE t (a int, b int); GRANT SELECT ON t TO app; GRANT UPDATE (a) ON t TO app;
