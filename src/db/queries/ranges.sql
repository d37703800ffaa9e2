SELECT module, schema, rows FROM crmdb.batch
