WITH done AS (
  UPDATE crmdb.migration SET duration_ms = 1000 * (extract(epoch FROM pg_catalog.clock_timestamp())
    - pg_catalog.current_setting('crmdb.started')::numeric)
  WHERE module = $1 AND schema = $2 AND version = $3
  RETURNING duration_ms
)
INSERT INTO crmdb.event (kind, outcome, module, schema, version, file, checksum, client, tool_version, detail, duration_ms)
SELECT 'up', 'done', $1, $2, $3, $4, $5, $6, $7, $8, duration_ms FROM done
