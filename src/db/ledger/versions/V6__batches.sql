CREATE TABLE crmdb.batch (
  module text NOT NULL,
  schema text NOT NULL,
  last_key text[],
  bound text[],
  batches bigint NOT NULL DEFAULT 0,
  rows bigint NOT NULL DEFAULT 0,
  changed bigint NOT NULL DEFAULT 0,
  CONSTRAINT batch_pkey PRIMARY KEY (module, schema),
  CONSTRAINT batch_unfinished_fkey FOREIGN KEY (module, schema)
    REFERENCES crmdb.unfinished (module, schema) ON DELETE CASCADE
);

COMMENT ON TABLE crmdb.batch IS 'How far a data change in batches has come along the primary key of its table.';
COMMENT ON COLUMN crmdb.batch.last_key IS 'The key that the last committed batch ends with; the columns'' values as text.';
COMMENT ON COLUMN crmdb.batch.bound IS 'The highest key when the change began, where it ends; none where there was no row.';
