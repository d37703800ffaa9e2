SELECT position, module, file, rollback_checksum, rollback_sql FROM crmdb.migration
WHERE position = ANY ($1) AND rollback_sql IS NOT NULL
