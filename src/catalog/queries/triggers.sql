SELECT 'pg_catalog.pg_trigger'::regclass::oid AS class, t.oid, 0 AS sub, c.oid AS home,
       'trigger' AS kind, n.nspname::text AS schema, c.relname::text AS name, t.tgname::text AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'definition', pg_get_triggerdef(t.oid),
           'enabled', t.tgenabled,
           'cloned', t.tgparentid <> 0
       )::text AS body
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_trigger parent ON parent.oid = t.tgparentid
WHERE NOT t.tgisinternal -- since 15
WHERE (NOT t.tgisinternal OR t.tgparentid <> 0) -- before 15
  AND (parent.oid IS NULL OR parent.tgenabled <> t.tgenabled)
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
