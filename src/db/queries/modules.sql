SELECT module, schema, created_schema FROM crmdb.module ORDER BY module, schema
