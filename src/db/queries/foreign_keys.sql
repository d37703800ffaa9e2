SELECT module, schema, table_name, name, constraint_name, definition, state, orphans, table_oid, target_oid, changed_at
FROM crmdb.foreign_key
ORDER BY schema, table_name, name
