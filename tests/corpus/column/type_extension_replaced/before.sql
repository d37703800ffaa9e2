CREATE EXTENSION hstore; CREATE TABLE t (a hstore, b int);
