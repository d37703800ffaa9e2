CREATE TABLE crmdb.seed (
  module text NOT NULL,
  schema text NOT NULL,
  profile text NOT NULL,
  file text NOT NULL,
  checksum text NOT NULL,
  relations oid[] NOT NULL,
  rows bigint,
  loaded_at timestamptz NOT NULL DEFAULT now(),
  loaded_by text NOT NULL DEFAULT session_user,
  duration_ms bigint NOT NULL,
  tool_version text NOT NULL,
  CONSTRAINT seed_pkey PRIMARY KEY (module, schema, profile, file)
);

COMMENT ON TABLE crmdb.seed IS 'The seed files that are loaded, each as it was the last time.';
COMMENT ON COLUMN crmdb.seed.checksum IS 'SHA-256 of the file''s text without byte order mark and with LF line ends.';
COMMENT ON COLUMN crmdb.seed.relations IS 'The tables that the file fills; where one of them is dropped, the seed is loaded again.';
COMMENT ON COLUMN crmdb.seed.rows IS 'The rows of a CSV file.';
