
DECLARE
  one record;
BEGIN
  FOR one IN SELECT pg_catalog.row_number() OVER ({order}) AS crmdb_n, s.* FROM {source} AS s LOOP
    BEGIN
      INSERT INTO {stage} ({names}) SELECT one.crmdb_n, {values};
    EXCEPTION WHEN data_exception OR integrity_constraint_violation OR cannot_coerce THEN
      INSERT INTO {stage} (crmdb_n, crmdb_fate, crmdb_why) VALUES (one.crmdb_n, 'unfit', pg_catalog.format('%s, of %s', SQLERRM, pg_catalog.left(one::text, 120)));
    END;
  END LOOP;
END
