
DECLARE
  created boolean;
BEGIN
  DELETE FROM crmdb.module WHERE module = {module_literal} AND schema = {schema_literal} RETURNING created_schema INTO created;
  IF created THEN
    DROP SCHEMA IF EXISTS {schema};
  END IF;
EXCEPTION WHEN dependent_objects_still_exist THEN
  DELETE FROM crmdb.module WHERE module = {module_literal} AND schema = {schema_literal};
  RAISE WARNING 'schema % stays: other objects are in it', {schema_literal};
END
