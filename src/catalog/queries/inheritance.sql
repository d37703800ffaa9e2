SELECT 0::oid AS class, 0::oid AS oid, 0 AS sub, c.oid AS home,
       'inheritance' AS kind, n.nspname::text AS schema, c.relname::text AS name,
       quote_ident(pn.nspname) || '.' || quote_ident(p.relname) AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'parent', json_build_array(pn.nspname, p.relname),
           'bound', pg_get_expr(c.relpartbound, c.oid),
           'position', row_number() OVER (PARTITION BY i.inhrelid ORDER BY i.inhseqno),
           'detaching', i.inhdetachpending
       )::text AS body
FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
