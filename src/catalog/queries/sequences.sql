SELECT 'pg_catalog.pg_class'::regclass::oid AS class, c.oid, 0 AS sub, 0::oid AS home,
       'sequence' AS kind, n.nspname::text AS schema, c.relname::text AS name, '' AS part,
       pg_get_userbyid(c.relowner)::text AS owner,
       coalesce(c.relacl, acldefault('s', c.relowner))::text[] AS acl,
       json_build_object(
           'schema', n.nspname, 'name', c.relname, 'persistence', c.relpersistence,
           'type', format_type(s.seqtypid, NULL), 'start', s.seqstart, 'increment', s.seqincrement,
           'min', s.seqmin, 'max', s.seqmax, 'cache', s.seqcache, 'cycle', s.seqcycle
       )::text AS body
FROM pg_catalog.pg_sequence s
JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'i')
