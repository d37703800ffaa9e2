CREATE TABLE t (id uuid DEFAULT gen_random_uuid(), h bytea); CREATE VIEW v AS SELECT 'a'::text AS c;
