INSERT INTO crmdb.seed (module, schema, profile, file, checksum, relations, rows, duration_ms, tool_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT ON CONSTRAINT seed_pkey DO UPDATE SET
  checksum = EXCLUDED.checksum, relations = EXCLUDED.relations, rows = EXCLUDED.rows, loaded_at = EXCLUDED.loaded_at,
  loaded_by = EXCLUDED.loaded_by, duration_ms = EXCLUDED.duration_ms, tool_version = EXCLUDED.tool_version
