CREATE FUNCTION crmdb.enter(the_token bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM crmdb.run WHERE token = the_token FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'another run of crmdb has taken over' USING ERRCODE = 'division_by_zero';
  END IF;
END
$$;

COMMENT ON FUNCTION crmdb.enter IS 'Begins a transaction of the run with the token; fails where another run has taken over.';

CREATE FUNCTION crmdb.took() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  began text := pg_catalog.current_setting('crmdb.began', true);
BEGIN
  IF began = '' THEN
    began := NULL;
  END IF;
  RETURN 1000 * (extract(epoch FROM pg_catalog.clock_timestamp())
    - coalesce(began::numeric, extract(epoch FROM pg_catalog.transaction_timestamp())::numeric));
END
$$;

COMMENT ON FUNCTION crmdb.took IS 'The milliseconds since crmdb.began, or since the transaction began where that is not set.';

CREATE FUNCTION crmdb.record_up(
  the_module text, the_schema text, the_version bigint, the_name text, the_file text, the_checksum text,
  the_rollback_checksum text, the_up_sql text, the_rollback_sql text, the_client text, the_tool_version text,
  the_detail text
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  took bigint := crmdb.took();
BEGIN
  INSERT INTO crmdb.migration (position, module, schema, version, name, file, checksum, rollback_checksum, up_sql,
    rollback_sql, origin, duration_ms, tool_version)
  SELECT coalesce(pg_catalog.max(position), 0) + 1, the_module, the_schema, the_version, the_name, the_file,
    the_checksum, the_rollback_checksum, the_up_sql, the_rollback_sql, 'up', took, the_tool_version
  FROM crmdb.migration;
  INSERT INTO crmdb.event (kind, outcome, module, schema, version, file, checksum, client, tool_version, detail,
    duration_ms)
  VALUES ('up', 'done', the_module, the_schema, the_version, the_file, the_checksum, the_client, the_tool_version,
    the_detail, took);
END
$$;

COMMENT ON FUNCTION crmdb.record_up IS 'Records an applied migration and its event. A function, because its plans are made once a session.';
