SELECT position, module, schema, version, file, checksum, rollback_checksum, origin, applied_at, applied_by,
  duration_ms, tool_version
FROM crmdb.migration
ORDER BY position
