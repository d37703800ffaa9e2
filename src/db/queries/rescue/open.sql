
DECLARE
  reader record;
BEGIN
  CREATE SCHEMA IF NOT EXISTS {schema};
  FOR reader IN
    SELECT DISTINCT a.grantee FROM pg_catalog.pg_namespace AS n, pg_catalog.aclexplode(n.nspacl) AS a
    WHERE n.nspname = {schema_literal} AND a.grantee <> n.nspowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON SCHEMA %I FROM %s CASCADE', {schema_literal},
      CASE reader.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(reader.grantee)) END);
  END LOOP;
END
