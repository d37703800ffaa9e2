CREATE EXTENSION hstore; CREATE TABLE t (a jsonb DEFAULT '{}', b jsonb, c hstore);
