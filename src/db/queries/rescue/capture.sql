CREATE TABLE {place} AS SELECT {copied}, NULL::"char" AS crmdb_op FROM ONLY {table} AS t WITH NO DATA;
ALTER TABLE {place} ADD COLUMN crmdb_order bigint GENERATED ALWAYS AS IDENTITY;
CREATE FUNCTION {place}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = '' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET timezone = 'UTC'
SET extra_float_digits = 1 SET bytea_output = 'hex' AS {body};
CREATE TRIGGER crmdb_rescue_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION {place}();
CREATE TRIGGER crmdb_rescue_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION {place}();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER crmdb_rescue_delete, ENABLE ALWAYS TRIGGER crmdb_rescue_update
