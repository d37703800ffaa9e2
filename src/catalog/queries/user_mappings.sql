-- Options of a mapping that the reading role may not see are not read.
SELECT 'pg_catalog.pg_user_mapping'::regclass::oid AS class, u.umid AS oid, 0 AS sub, 0::oid AS home,
       'user_mapping' AS kind, '' AS schema, u.srvname::text AS name,
       CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'core', '',
           'create', format('CREATE USER MAPPING FOR %s SERVER %I', who.name, u.srvname)
               || coalesce((SELECT ' OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', ') || ')'
                            FROM pg_options_to_table(u.umoptions) o), ''),
           'settings', coalesce((
               SELECT json_object_agg('option ' || o.option_name, json_build_object(
                   'set', format('ALTER USER MAPPING FOR %s SERVER %I OPTIONS (ADD %I %L)',
                                 who.name, u.srvname, o.option_name, o.option_value),
                   'unset', format('ALTER USER MAPPING FOR %s SERVER %I OPTIONS (DROP %I)',
                                   who.name, u.srvname, o.option_name),
                   'inline', true))
               FROM pg_options_to_table(u.umoptions) o), '{}'::json)
       )::text AS body
FROM pg_catalog.pg_user_mappings u,
     LATERAL (SELECT CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END AS name) who
