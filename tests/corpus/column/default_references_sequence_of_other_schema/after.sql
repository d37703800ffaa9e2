CREATE SCHEMA x; CREATE SEQUENCE x.q; CREATE TABLE t (a int DEFAULT nextval('x.q'), b text DEFAULT 'a' || currval('x.q')::text);
