SELECT 0::oid AS class, oid::oid AS oid, 0 AS sub, oid::oid AS home,
       'distribution' AS kind, nspname::text AS schema, relname::text AS name, '' AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'core', CASE
               WHEN method = 'reference' THEN pg_catalog.format('SELECT pg_catalog.create_reference_table(%L)', name)
               ELSE pg_catalog.format('SELECT pg_catalog.create_distributed_table(%L, %L, %scolocate_with => %L)', name, key,
                   CASE WHEN method <> 'hash' THEN pg_catalog.format('%L, ', method) END,
                   CASE WHEN first = name THEN 'none' ELSE first END) END,
           'drop', pg_catalog.format('SELECT pg_catalog.undistribute_table(%L)', name)
       )::text AS body
FROM declared
WHERE NOT relispartition
UNION ALL
SELECT 0::oid, n.oid, 0, 0::oid, 'distribution', n.nspname::text, '', '', NULL, NULL,
       json_build_object(
           'core', pg_catalog.format('SELECT pg_catalog.citus_schema_distribute(%L)', pg_catalog.quote_ident(n.nspname)),
           'drop', pg_catalog.format('SELECT pg_catalog.citus_schema_undistribute(%L)', pg_catalog.quote_ident(n.nspname))
       )::text
FROM {schemas} AS s
JOIN pg_catalog.pg_namespace AS n ON n.oid = s.schemaid
