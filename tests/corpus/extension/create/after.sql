CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE TABLE t (a citext UNIQUE, b hstore);
