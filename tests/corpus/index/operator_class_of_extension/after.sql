CREATE EXTENSION pg_trgm; CREATE TABLE t (a text); CREATE INDEX i ON t USING gin (a gin_trgm_ops); CREATE INDEX j ON t USING gist (a gist_trgm_ops (siglen=32));
