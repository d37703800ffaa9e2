CREATE EXTENSION pgcrypto; CREATE TABLE t (id uuid DEFAULT public.gen_random_uuid(), h bytea DEFAULT digest('x', 'sha256')); CREATE VIEW v AS SELECT crypt('a', 'b') AS c;
