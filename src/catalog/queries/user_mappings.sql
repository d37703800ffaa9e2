-- The view gives no options where there are none and where the role may not see them: its own condition tells which.
SELECT 'pg_catalog.pg_user_mapping'::regclass::oid AS class, u.umid AS oid, 0 AS sub, 0::oid AS home,
       'user_mapping' AS kind, '' AS schema, u.srvname::text AS name, who.name AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'core', '',
           'create', format('CREATE USER MAPPING FOR %s SERVER %I', who.name, u.srvname),
           'options', CASE
               WHEN u.umuser <> 0 AND u.usename = current_user
                    AND (pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE'))
                 OR u.umuser = 0 AND pg_has_role(s.srvowner, 'USAGE')
                 OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
               THEN coalesce(u.umoptions, '{}') END
       )::text AS body
FROM pg_catalog.pg_user_mappings u
JOIN pg_catalog.pg_foreign_server s ON s.oid = u.srvid,
     LATERAL (SELECT CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END AS name) who
