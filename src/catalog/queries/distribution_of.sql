SELECT relname::text AS owner, method AS name,
  CASE WHEN key IS NULL THEN '' ELSE '(' || pg_catalog.quote_ident(key) || ')' END
    || CASE WHEN first = name OR method = 'reference' THEN ''
         WHEN pg_catalog.starts_with(first, pg_catalog.quote_ident(nspname) || '.')
           THEN ' with ' || pg_catalog.substr(first, pg_catalog.length(pg_catalog.quote_ident(nspname)) + 2)
         ELSE ' with ' || first END AS definition,
  NULL::text AS defect, false AS implied
FROM declared
WHERE NOT relispartition AND nspname = $1
UNION ALL
SELECT NULL, 'schema', '', NULL, false
FROM {schemas} AS s
JOIN pg_catalog.pg_namespace AS n ON n.oid = s.schemaid
WHERE n.nspname = $1
ORDER BY 1, 2
