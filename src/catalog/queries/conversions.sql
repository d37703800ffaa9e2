SELECT 'pg_catalog.pg_conversion'::regclass::oid AS class, c.oid, 0 AS sub, 0::oid AS home,
       'conversion' AS kind, n.nspname::text AS schema, c.conname::text AS name, '' AS part,
       pg_get_userbyid(c.conowner)::text AS owner, NULL::text[] AS acl,
       json_build_object('core', format('CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s',
           CASE WHEN c.condefault THEN 'DEFAULT ' END, n.nspname, c.conname,
           pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc))::text AS body
FROM pg_catalog.pg_conversion c
JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
WHERE c.oid >= 16384
