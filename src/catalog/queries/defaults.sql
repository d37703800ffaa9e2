SELECT 'pg_catalog.pg_attrdef'::regclass::oid AS class, d.oid, 0 AS sub, c.oid AS home,
       'default' AS kind, n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object('expression', pg_get_expr(d.adbin, d.adrelid))::text AS body
FROM pg_catalog.pg_attrdef d
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
JOIN pg_catalog.pg_class c ON c.oid = d.adrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attgenerated = '' AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
