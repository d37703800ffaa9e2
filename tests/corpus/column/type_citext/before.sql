CREATE EXTENSION citext; CREATE TABLE t (a text UNIQUE, b citext);
