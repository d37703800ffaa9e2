SELECT 'pg_catalog.pg_class'::regclass::oid AS class, c.oid, 0 AS sub, 0::oid AS home,
       CASE c.relkind WHEN 'm' THEN 'materialized_view' ELSE 'view' END AS kind,
       n.nspname::text AS schema, c.relname::text AS name, '' AS part,
       pg_get_userbyid(c.relowner)::text AS owner,
       coalesce(c.relacl, acldefault('r', c.relowner))::text[] AS acl,
       json_build_object(
           'definition', rtrim(pg_get_viewdef(c.oid), ';'),
           'options', coalesce(c.reloptions, '{}'),
           'populated', c.relispopulated,
           'access_method', am.amname,
           'tablespace', ts.spcname
       )::text AS body
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
