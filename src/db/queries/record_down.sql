INSERT INTO crmdb.event (kind, outcome, module, schema, version, file, checksum, client, tool_version, detail, duration_ms)
VALUES ('down', 'done', $1, $2, $3, $4, $5, $6, $7, $8, 1000 * (extract(epoch FROM pg_catalog.clock_timestamp())
    - pg_catalog.current_setting('crmdb.started')::numeric))
