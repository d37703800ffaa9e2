SELECT 'pg_catalog.pg_foreign_server'::regclass::oid AS class, s.oid, 0 AS sub, 0::oid AS home,
       'server' AS kind, '' AS schema, s.srvname::text AS name, '' AS part,
       pg_get_userbyid(s.srvowner)::text AS owner,
       coalesce(s.srvacl, acldefault('S', s.srvowner))::text[] AS acl,
       json_build_object(
           'core', format('TYPE %L FOREIGN DATA WRAPPER %I', s.srvtype, f.fdwname),
           'create', format('CREATE SERVER %I', s.srvname)
               || coalesce(' TYPE ' || quote_literal(s.srvtype), '') || coalesce(' VERSION ' || quote_literal(s.srvversion), '')
               || format(' FOREIGN DATA WRAPPER %I', f.fdwname),
           'options', coalesce(s.srvoptions, '{}'),
           'settings', CASE WHEN s.srvversion IS NULL THEN '{}'::json ELSE json_build_object('version', json_build_object(
               'set', format('ALTER SERVER %I VERSION %L', s.srvname, s.srvversion),
               'unset', format('ALTER SERVER %I VERSION NULL', s.srvname),
               'inline', true)) END
       )::text AS body
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper f ON f.oid = s.srvfdw
