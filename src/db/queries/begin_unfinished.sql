INSERT INTO crmdb.unfinished (module, schema, version, direction, file, checksum) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ON CONSTRAINT unfinished_pkey DO UPDATE SET file = excluded.file, checksum = excluded.checksum
