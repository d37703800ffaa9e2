SELECT p.proname::text AS name,
  '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')'
    || COALESCE(' returns ' || pg_catalog.pg_get_function_result(p.oid), '') AS definition,
  NULL::text AS defect, false AS implied
FROM pg_catalog.pg_proc p
WHERE p.pronamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
    AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY p.proname, 2
