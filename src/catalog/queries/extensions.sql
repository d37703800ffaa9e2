SELECT 'pg_catalog.pg_extension'::regclass::oid AS class, e.oid, 0 AS sub, 0::oid AS home,
       'extension' AS kind, '' AS schema, e.extname::text AS name, '' AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'schema', n.nspname,
           'version', e.extversion,
           'relocatable', e.extrelocatable,
           'updates', (SELECT coalesce(json_agg(u.target), '[]')
                       FROM pg_extension_update_paths(e.extname) u
                       WHERE u.source = e.extversion AND u.path IS NOT NULL)
       )::text AS body
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
-- Citus is a property of the server; what it distributes is read by itself.
WHERE e.oid >= 16384 AND e.extname NOT IN ('citus', 'citus_columnar')
