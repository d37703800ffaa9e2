CREATE TABLE crmdb.proof (
  module text NOT NULL,
  schema text NOT NULL,
  version bigint NOT NULL,
  checksum text NOT NULL,
  rollback_checksum text,
  label text NOT NULL,
  lost text[] NOT NULL,
  rows bigint NOT NULL,
  catalog_before text NOT NULL,
  catalog_after text NOT NULL,
  server integer NOT NULL,
  proved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  tool_version text NOT NULL,
  CONSTRAINT proof_pkey PRIMARY KEY (module, schema, version),
  CONSTRAINT proof_migration_fkey FOREIGN KEY (module, schema, version)
    REFERENCES crmdb.migration (module, schema, version) ON DELETE CASCADE,
  CONSTRAINT proof_label_check CHECK (label IN ('reversible', 'lossless', 'lossy', 'irreversible'))
);

COMMENT ON TABLE crmdb.proof IS 'What was found when the applied migrations were taken back on a shadow before they were applied here.';
COMMENT ON COLUMN crmdb.proof.lost IS 'What did not come back: schema.table.column, or schema.table.';
COMMENT ON COLUMN crmdb.proof.rows IS 'How many made-up rows each table had; 0 where none were made.';
COMMENT ON COLUMN crmdb.proof.catalog_after IS 'SHA-256 of what the schema held after it, owners and privileges left out; holds for the major version in server.';
