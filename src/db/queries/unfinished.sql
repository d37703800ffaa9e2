SELECT module, schema, version, direction, file, checksum FROM crmdb.unfinished ORDER BY module, schema
