CREATE TABLE crmdb.rescue (
  id bigint NOT NULL,
  place text NOT NULL,
  direction text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  made_by text NOT NULL DEFAULT session_user,
  client text NOT NULL,
  tool_version text NOT NULL,
  reason text,
  keep_until timestamptz NOT NULL,
  restored_at timestamptz,
  dropped_at timestamptz,
  CONSTRAINT rescue_pkey PRIMARY KEY (id)
);

COMMENT ON TABLE crmdb.rescue IS 'What runs kept of the data that they destroyed. A row stays when what it tells of is dropped, so that no number comes twice.';
COMMENT ON COLUMN crmdb.rescue.place IS 'The schema it is in.';
COMMENT ON COLUMN crmdb.rescue.keep_until IS 'When it may go; nothing goes by itself.';

CREATE TABLE crmdb.rescue_item (
  rescue bigint NOT NULL,
  ordinal integer NOT NULL,
  migration text NOT NULL,
  place text NOT NULL,
  way text NOT NULL,
  rows bigint NOT NULL,
  bytes bigint NOT NULL,
  keep jsonb NOT NULL,
  sequences jsonb NOT NULL,
  home oid NOT NULL,
  xid xid NOT NULL,
  restored_at timestamptz,
  CONSTRAINT rescue_item_pkey PRIMARY KEY (rescue, ordinal),
  CONSTRAINT rescue_item_rescue_fkey FOREIGN KEY (rescue) REFERENCES crmdb.rescue (id),
  CONSTRAINT rescue_item_way_check CHECK (way IN ('move', 'copy', 'capture'))
);

COMMENT ON TABLE crmdb.rescue_item IS 'The tables of a rescue, each with what it keeps of which table.';
COMMENT ON COLUMN crmdb.rescue_item.migration IS 'The migration whose step destroyed it.';
COMMENT ON COLUMN crmdb.rescue_item.place IS 'The table that holds the rows.';
COMMENT ON COLUMN crmdb.rescue_item.rows IS 'How many; of a table that was moved, as many as the server reckons with.';
COMMENT ON COLUMN crmdb.rescue_item.keep IS 'The table it is from, its columns and key.';
COMMENT ON COLUMN crmdb.rescue_item.sequences IS 'How far the sequences of its columns had come.';
COMMENT ON COLUMN crmdb.rescue_item.home IS 'The table it is from, by the oid of then: a table that was made again has other rows under the same keys.';
COMMENT ON COLUMN crmdb.rescue_item.xid IS 'The transaction that destroyed it: a row that was last written by it has not been changed since.';

CREATE TABLE crmdb.rescue_restore (
  rescue bigint NOT NULL,
  first xid NOT NULL,
  last xid NOT NULL,
  restored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT rescue_restore_rescue_fkey FOREIGN KEY (rescue) REFERENCES crmdb.rescue (id)
);

COMMENT ON TABLE crmdb.rescue_restore IS 'When kept rows were put back.';
COMMENT ON COLUMN crmdb.rescue_restore.first IS 'With last: the transaction, or its subtransactions. The tables were locked meanwhile, so a row that was last written by one of these is as it was put back.';
