SELECT 'pg_catalog.pg_am'::regclass::oid AS class, a.oid, 0 AS sub, 0::oid AS home,
       'access_method' AS kind, '' AS schema, a.amname::text AS name, '' AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object('core', format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', a.amname,
           CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, a.amhandler))::text AS body
FROM pg_catalog.pg_am a
WHERE a.oid >= 16384
