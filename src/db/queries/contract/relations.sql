SELECT c.relname::text AS name, c.relkind IN ('v', 'm') AS is_view, c.relispartition AS is_partition,
  c.relrowsecurity AS row_level_security, c.relforcerowsecurity AS forced
FROM pg_catalog.pg_class c
WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1))
  AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
