SELECT module, schema, version, checksum, rollback_checksum, label, lost, rows, catalog_before, catalog_after, server
FROM crmdb.proof
ORDER BY module, schema, version
