INSERT INTO crmdb.proof (module, schema, version, checksum, rollback_checksum, label, lost, rows, catalog_before,
  catalog_after, server, tool_version)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
FROM crmdb.migration
WHERE module = $1 AND schema = $2 AND version = $3 AND checksum = $4
ON CONFLICT ON CONSTRAINT proof_pkey DO UPDATE SET checksum = excluded.checksum,
  rollback_checksum = excluded.rollback_checksum, label = excluded.label, lost = excluded.lost, rows = excluded.rows,
  catalog_before = excluded.catalog_before, catalog_after = excluded.catalog_after, server = excluded.server,
  proved_at = excluded.proved_at, tool_version = excluded.tool_version
