SELECT 'pg_catalog.pg_collation'::regclass::oid AS class, c.oid, 0 AS sub, 0::oid AS home,
       'collation' AS kind, n.nspname::text AS schema, c.collname::text AS name, '' AS part,
       pg_get_userbyid(c.collowner)::text AS owner, NULL::text[] AS acl,
       json_build_object('core', format('CREATE COLLATION %I.%I (provider = %s', n.nspname, c.collname,
               CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END)
           || CASE WHEN c.collisdeterministic THEN '' ELSE ', deterministic = false' END
           || CASE WHEN p.locale IS NOT NULL THEN format(', locale = %L', p.locale)
                   WHEN c.collcollate = c.collctype THEN format(', locale = %L', c.collcollate)
                   ELSE format(', lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype) END
           || coalesce(', rules = ' || quote_literal(p.rules), '') || ')')::text AS body
FROM pg_catalog.pg_collation c
JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace,
     LATERAL (SELECT to_jsonb(c) AS fields) j,
     -- PostgreSQL 15 and 16 call the field colliculocale, 17 colllocale; 14 keeps it in collcollate.
     LATERAL (SELECT coalesce(j.fields->>'colllocale', j.fields->>'colliculocale') AS locale,
                     j.fields->>'collicurules' AS rules) p
WHERE c.oid >= 16384
