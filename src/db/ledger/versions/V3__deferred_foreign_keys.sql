CREATE TABLE crmdb.foreign_key (
  schema text NOT NULL,
  table_name text NOT NULL,
  name text NOT NULL,
  module text NOT NULL,
  constraint_name text NOT NULL,
  definition text NOT NULL,
  state text NOT NULL,
  orphans bigint,
  table_oid bigint NOT NULL,
  target_oid bigint NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT foreign_key_pkey PRIMARY KEY (schema, table_name, name),
  CONSTRAINT foreign_key_state_check CHECK (state IN ('added', 'valid', 'orphaned')),
  CONSTRAINT foreign_key_orphans_check CHECK ((state = 'orphaned') = (orphans IS NOT NULL))
);

COMMENT ON TABLE crmdb.foreign_key IS 'The deferred foreign keys that are added; one that waits has no row.';
COMMENT ON COLUMN crmdb.foreign_key.name IS 'The name it is declared under.';
COMMENT ON COLUMN crmdb.foreign_key.constraint_name IS 'The name it has: another one where a constraint made by hand was adopted.';
COMMENT ON COLUMN crmdb.foreign_key.orphans IS 'How many rows violated it when they were counted.';
COMMENT ON COLUMN crmdb.foreign_key.table_oid IS 'With target_oid: tells a key that was dropped by hand from one that went with its table.';
