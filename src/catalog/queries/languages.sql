SELECT 'pg_catalog.pg_language'::regclass::oid AS class, l.oid, 0 AS sub, 0::oid AS home,
       'language' AS kind, '' AS schema, l.lanname::text AS name, '' AS part,
       pg_get_userbyid(l.lanowner)::text AS owner,
       coalesce(l.lanacl, acldefault('l', l.lanowner))::text[] AS acl,
       json_build_object('core', format('CREATE %sLANGUAGE %I HANDLER %s%s%s',
           CASE WHEN l.lanpltrusted THEN 'TRUSTED ' END, l.lanname, l.lanplcallfoid::regproc,
           CASE WHEN l.laninline <> 0 THEN ' INLINE ' || l.laninline::regproc END,
           CASE WHEN l.lanvalidator <> 0 THEN ' VALIDATOR ' || l.lanvalidator::regproc END))::text AS body
FROM pg_catalog.pg_language l
WHERE l.oid >= 16384
