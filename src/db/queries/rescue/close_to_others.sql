
DECLARE
  reader record;
BEGIN
  FOR reader IN
    SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
    WHERE c.oid = pg_catalog.to_regclass({table_literal}) AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %s FROM %s CASCADE', {table_literal},
      CASE reader.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(reader.grantee)) END);
  END LOOP;
END
