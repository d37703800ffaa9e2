SELECT 'pg_catalog.pg_class'::regclass::oid AS class, c.oid, 0 AS sub, 0::oid AS home,
       CASE c.relkind WHEN 'f' THEN 'foreign_table' ELSE 'table' END AS kind,
       n.nspname::text AS schema, c.relname::text AS name, '' AS part,
       pg_get_userbyid(c.relowner)::text AS owner,
       coalesce(c.relacl, acldefault('r', c.relowner))::text[] AS acl,
       json_build_object(
           'persistence', c.relpersistence,
           'access_method', am.amname,
           'tablespace', ts.spcname,
           'options', coalesce(c.reloptions, '{}'),
           'toast_options', coalesce(toast.reloptions, '{}'),
           'row_security', c.relrowsecurity,
           'force_row_security', c.relforcerowsecurity,
           'replica_identity', CASE WHEN c.relreplident = 'i' OR c.relkind = 'f' THEN 'd' ELSE c.relreplident END,
           'of_type', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
           'partition_key', CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
           'server', fs.srvname,
           'server_options', coalesce(ft.ftoptions, '{}')
       )::text AS body
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_catalog.pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_server fs ON fs.oid = ft.ftserver
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
