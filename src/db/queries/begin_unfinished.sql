INSERT INTO crmdb.unfinished (module, schema, version, direction, file, checksum) VALUES ($1, $2, $3, $4, $5, $6)
