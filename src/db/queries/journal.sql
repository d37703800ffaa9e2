SELECT module, schema, ordinal, checksum, finished_at IS NOT NULL AS finished FROM crmdb.journal ORDER BY module, schema, ordinal
