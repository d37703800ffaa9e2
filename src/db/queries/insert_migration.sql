INSERT INTO crmdb.migration (module, schema, version, name, file, checksum, rollback_checksum, up_sql, rollback_sql,
  origin, tool_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
