SELECT 'pg_catalog.pg_extension'::regclass::oid AS class, e.oid, 0 AS sub, 0::oid AS home,
       'extension' AS kind, '' AS schema, e.extname::text AS name, '' AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'schema', n.nspname,
           'version', e.extversion,
           'relocatable', e.extrelocatable
       )::text AS body
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE e.oid >= 16384
