WITH gone AS (
  DELETE FROM crmdb.migration WHERE module = $1 AND schema = $2 AND version = $3 RETURNING 1
), still_applied AS (
  SELECT 1 / pg_catalog.count(*) FROM gone
)
INSERT INTO crmdb.event (kind, outcome, module, schema, version, file, checksum, client, tool_version, detail, duration_ms)
SELECT 'down', 'done', $1, $2, $3, $4, $5, $6, $7, $8, crmdb.took() FROM still_applied
