CREATE TABLE t (id integer);
CREATE VIEW v AS SELECT * FROM t;
ALTER TABLE t ADD COLUMN before v;
CREATE TABLE u (id integer, name text);
CREATE VIEW w AS SELECT id FROM u;
CREATE TYPE pair AS (one w, two w[]);
ALTER TABLE u ADD COLUMN w w, ADD COLUMN pair pair;
