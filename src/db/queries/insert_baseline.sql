INSERT INTO crmdb.migration (position, module, schema, version, name, file, checksum, rollback_checksum, up_sql,
  rollback_sql, origin, tool_version)
SELECT coalesce(pg_catalog.max(position), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, 'baseline', $10
FROM crmdb.migration
