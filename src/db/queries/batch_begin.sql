INSERT INTO crmdb.batch (module, schema, bound) VALUES ($1, $2, $3)
