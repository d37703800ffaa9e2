DO $$
BEGIN
  IF pg_catalog.to_regnamespace('crmdb') IS NULL THEN
    CREATE SCHEMA crmdb;
    COMMENT ON SCHEMA crmdb IS 'crmdb''s ledger: what is applied to this database, and who did it';
  END IF;
END
$$
