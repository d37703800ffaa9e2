SELECT 'pg_catalog.pg_foreign_server'::regclass::oid AS class, s.oid, 0 AS sub, 0::oid AS home,
       'server' AS kind, '' AS schema, s.srvname::text AS name, '' AS part,
       pg_get_userbyid(s.srvowner)::text AS owner,
       coalesce(s.srvacl, acldefault('S', s.srvowner))::text[] AS acl,
       json_build_object(
           'core', format('TYPE %L FOREIGN DATA WRAPPER %I', s.srvtype, f.fdwname),
           'create', format('CREATE SERVER %I', s.srvname)
               || coalesce(' TYPE ' || quote_literal(s.srvtype), '') || coalesce(' VERSION ' || quote_literal(s.srvversion), '')
               || format(' FOREIGN DATA WRAPPER %I', f.fdwname)
               || coalesce((SELECT ' OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', ') || ')'
                            FROM pg_options_to_table(s.srvoptions) o), ''),
           'settings', coalesce((
               SELECT json_object_agg('option ' || o.option_name, json_build_object(
                   'set', format('ALTER SERVER %I OPTIONS (ADD %I %L)', s.srvname, o.option_name, o.option_value),
                   'unset', format('ALTER SERVER %I OPTIONS (DROP %I)', s.srvname, o.option_name),
                   'inline', true))
               FROM pg_options_to_table(s.srvoptions) o), '{}'::json)::jsonb
               || CASE WHEN s.srvversion IS NOT NULL THEN jsonb_build_object('version', jsonb_build_object(
                   'set', format('ALTER SERVER %I VERSION %L', s.srvname, s.srvversion),
                   'unset', format('ALTER SERVER %I VERSION NULL', s.srvname),
                   'inline', true)) ELSE '{}' END
       )::text AS body
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper f ON f.oid = s.srvfdw
