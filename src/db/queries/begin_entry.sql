INSERT INTO crmdb.journal (module, schema, ordinal, checksum) VALUES ($1, $2, $3, $4)
ON CONFLICT ON CONSTRAINT journal_pkey DO UPDATE SET checksum = excluded.checksum, begun_at = excluded.begun_at
