INSERT INTO crmdb.journal (module, schema, ordinal, checksum, finished_at)
VALUES ($1, $2, $3, $4, pg_catalog.clock_timestamp())
ON CONFLICT ON CONSTRAINT journal_pkey DO UPDATE SET checksum = excluded.checksum, finished_at = excluded.finished_at
