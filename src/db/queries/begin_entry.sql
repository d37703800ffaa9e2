INSERT INTO crmdb.journal (module, schema, ordinal) VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT journal_pkey DO NOTHING
