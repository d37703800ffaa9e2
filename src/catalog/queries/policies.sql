SELECT 'pg_catalog.pg_policy'::regclass::oid AS class, p.oid, 0 AS sub, c.oid AS home,
       'policy' AS kind, n.nspname::text AS schema, c.relname::text AS name, p.polname::text AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'command', p.polcmd,
           'permissive', p.polpermissive,
           'roles', (SELECT json_agg(coalesce(r.rolname, '') ORDER BY r.rolname)
                     FROM unnest(p.polroles) AS u(oid) LEFT JOIN pg_catalog.pg_roles r ON r.oid = u.oid),
           'using', pg_get_expr(p.polqual, p.polrelid),
           'check', pg_get_expr(p.polwithcheck, p.polrelid)
       )::text AS body
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
