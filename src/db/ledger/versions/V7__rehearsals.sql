CREATE TABLE crmdb.rehearsal (
  module text NOT NULL,
  schema text NOT NULL,
  version bigint NOT NULL,
  steps jsonb NOT NULL,
  catalog text NOT NULL,
  server integer NOT NULL,
  made_at text NOT NULL,
  blast jsonb NOT NULL,
  tool_version text NOT NULL,
  CONSTRAINT rehearsal_pkey PRIMARY KEY (module, schema, version),
  CONSTRAINT rehearsal_migration_fkey FOREIGN KEY (module, schema, version)
    REFERENCES crmdb.migration (module, schema, version) ON DELETE CASCADE
);

COMMENT ON TABLE crmdb.rehearsal IS 'What taking back a run destroys, rehearsed on a shadow when the run was done; by its last migration.';
COMMENT ON COLUMN crmdb.rehearsal.steps IS 'What was taken back, in order, with the checksums of the rollbacks.';
COMMENT ON COLUMN crmdb.rehearsal.catalog IS 'SHA-256 of everything that the database held, owners and privileges left out; holds for the major version in server.';
COMMENT ON COLUMN crmdb.rehearsal.blast IS 'What goes, with what, and what is locked; nothing of it measured.';
