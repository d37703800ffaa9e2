CREATE DOMAIN x AS text CHECK (value IN ('a', 'b')); CREATE TABLE t (v x DEFAULT 'b', w x[]); CREATE VIEW v AS SELECT v FROM t; CREATE INDEX ON t (v);
