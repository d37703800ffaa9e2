
BEGIN
  IF pg_catalog.to_regnamespace(pg_catalog.quote_ident({schema_literal})) IS NULL THEN
    CREATE SCHEMA {schema};
    INSERT INTO crmdb.module (module, schema, created_schema) VALUES ({module_literal}, {schema_literal}, true)
    ON CONFLICT ON CONSTRAINT module_pkey DO NOTHING;
  ELSE
    INSERT INTO crmdb.module (module, schema, created_schema) VALUES ({module_literal}, {schema_literal}, false)
    ON CONFLICT ON CONSTRAINT module_pkey DO NOTHING;
  END IF;
END
