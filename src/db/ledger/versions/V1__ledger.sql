CREATE TABLE crmdb.module (
  module text NOT NULL,
  schema text NOT NULL,
  created_schema boolean NOT NULL,
  installed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT module_pkey PRIMARY KEY (module, schema)
);

COMMENT ON TABLE crmdb.module IS 'The modules that crmdb installed here, and whether it made their schemas.';

CREATE TABLE crmdb.migration (
  position bigint NOT NULL,
  module text NOT NULL,
  schema text NOT NULL,
  version bigint NOT NULL,
  name text NOT NULL,
  file text NOT NULL,
  checksum text NOT NULL,
  rollback_checksum text,
  up_sql text,
  rollback_sql text,
  origin text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  applied_by text NOT NULL DEFAULT session_user,
  duration_ms bigint,
  tool_version text NOT NULL,
  CONSTRAINT migration_pkey PRIMARY KEY (module, schema, version),
  CONSTRAINT migration_position_key UNIQUE (position),
  CONSTRAINT migration_origin_check CHECK (origin IN ('up', 'baseline'))
);

COMMENT ON TABLE crmdb.migration IS 'What is applied, in the order of position, with the SQL that ran and the SQL that takes it back.';
COMMENT ON COLUMN crmdb.migration.position IS 'Ascends in the order of application. No sequence: in a copy of a database one may go back after a crash.';
COMMENT ON COLUMN crmdb.migration.checksum IS 'SHA-256 of the file''s text without byte order mark and with LF line ends.';

CREATE TABLE crmdb.unfinished (
  module text NOT NULL,
  schema text NOT NULL,
  version bigint NOT NULL,
  direction text NOT NULL,
  file text NOT NULL,
  checksum text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT unfinished_pkey PRIMARY KEY (module, schema),
  CONSTRAINT unfinished_direction_check CHECK (direction IN ('up', 'down'))
);

COMMENT ON TABLE crmdb.unfinished IS 'Migrations outside a transaction that began and did not end.';

CREATE TABLE crmdb.journal (
  module text NOT NULL,
  schema text NOT NULL,
  ordinal integer NOT NULL,
  checksum text NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  CONSTRAINT journal_pkey PRIMARY KEY (module, schema, ordinal),
  CONSTRAINT journal_unfinished_fkey FOREIGN KEY (module, schema)
    REFERENCES crmdb.unfinished (module, schema) ON DELETE CASCADE
);

COMMENT ON TABLE crmdb.journal IS 'The statements of an unfinished migration: begun, and perhaps finished.';

CREATE TABLE crmdb.event (
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL,
  outcome text NOT NULL,
  module text,
  schema text,
  version bigint,
  file text,
  checksum text,
  duration_ms bigint,
  role text NOT NULL DEFAULT session_user,
  client text NOT NULL,
  address inet DEFAULT inet_client_addr(),
  tool_version text NOT NULL,
  detail text,
  CONSTRAINT event_outcome_check CHECK (outcome IN ('done', 'failed', 'refused'))
);

-- Not unique: in a copy of a database the sequence may go back after a crash, and the log must take events all the same.
CREATE INDEX event_at ON crmdb.event (at, id);

COMMENT ON TABLE crmdb.event IS 'Who did what, when, from where, and how it ended. Rows are only ever added.';

CREATE FUNCTION crmdb.refuse_event_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'crmdb.event is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON crmdb.event
  FOR EACH STATEMENT EXECUTE FUNCTION crmdb.refuse_event_change();
