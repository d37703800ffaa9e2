CREATE EXTENSION hstore; CREATE TABLE t (a json DEFAULT '{}', b hstore, c text);
