SELECT 'pg_catalog.pg_class'::regclass::oid AS class, c.oid, 0 AS sub, i.indrelid AS home,
       'index' AS kind, n.nspname::text AS schema, c.relname::text AS name, '' AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'definition', pg_get_indexdef(c.oid),
           'valid', i.indisvalid,
           'clustered', i.indisclustered,
           'replica_identity', i.indisreplident,
           'tablespace', ts.spcname,
           'options', coalesce(c.reloptions, '{}'),
           'partitioned', c.relkind = 'I',
           'parent', CASE WHEN p.oid IS NOT NULL THEN json_build_array(pn.nspname, p.relname) END,
           'statistics', (SELECT coalesce(json_object_agg(a.attnum, a.attstattarget ORDER BY a.attnum), '{}')
                          FROM pg_catalog.pg_attribute a
                          WHERE a.attrelid = c.oid AND a.attstattarget >= 0)
       )::text AS body
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class rel ON rel.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_inherits inh ON inh.inhrelid = c.oid
LEFT JOIN pg_catalog.pg_class p ON p.oid = inh.inhparent
LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE rel.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint o
                  WHERE o.conindid = c.oid AND o.contype IN ('p', 'u', 'x'))
