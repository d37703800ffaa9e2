INSERT INTO crmdb.journal (module, schema, ordinal, finished_at) VALUES ($1, $2, $3, pg_catalog.clock_timestamp())
ON CONFLICT ON CONSTRAINT journal_pkey DO UPDATE SET finished_at = excluded.finished_at
