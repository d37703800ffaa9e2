SELECT 'pg_catalog.pg_namespace'::regclass::oid AS class, n.oid, 0 AS sub, 0::oid AS home,
       'schema' AS kind, '' AS schema, n.nspname::text AS name, '' AS part,
       pg_get_userbyid(n.nspowner)::text AS owner,
       coalesce(n.nspacl, acldefault('n', n.nspowner))::text[] AS acl,
       '{}' AS body
FROM pg_catalog.pg_namespace n
WHERE n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
