INSERT INTO crmdb.rehearsal (module, schema, version, steps, catalog, server, made_at, blast, tool_version)
SELECT $1, $2, $3, $4::jsonb, $5, $6, $7, $8::jsonb, $9
FROM crmdb.migration
WHERE module = $1 AND schema = $2 AND version = $3 AND checksum = $10
ON CONFLICT ON CONSTRAINT rehearsal_pkey DO UPDATE SET steps = excluded.steps, catalog = excluded.catalog,
  server = excluded.server, made_at = excluded.made_at, blast = excluded.blast, tool_version = excluded.tool_version
