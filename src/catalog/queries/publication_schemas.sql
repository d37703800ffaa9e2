SELECT 'pg_catalog.pg_publication'::regclass::oid AS class, NULL::oid AS oid, 0 AS sub, 0::oid AS home, -- before 15
       '' AS kind, '' AS schema, '' AS name, '' AS part, NULL::text AS owner, NULL::text[] AS acl, '' AS body -- before 15
WHERE false -- before 15
SELECT 'pg_catalog.pg_publication_namespace'::regclass::oid AS class, r.oid, 0 AS sub, 0::oid AS home, -- since 15
       'publication_schema' AS kind, '' AS schema, p.pubname::text AS name, n.nspname::text AS part, -- since 15
       NULL::text AS owner, NULL::text[] AS acl, -- since 15
       json_build_object( -- since 15
           'core', format('ALTER PUBLICATION %I ADD TABLES IN SCHEMA %I', p.pubname, n.nspname), -- since 15
           'drop', format('ALTER PUBLICATION %I DROP TABLES IN SCHEMA %I', p.pubname, n.nspname) -- since 15
       )::text AS body -- since 15
FROM pg_catalog.pg_publication_namespace r -- since 15
JOIN pg_catalog.pg_publication p ON p.oid = r.pnpubid -- since 15
JOIN pg_catalog.pg_namespace n ON n.oid = r.pnnspid -- since 15
