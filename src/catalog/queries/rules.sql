SELECT 'pg_catalog.pg_rewrite'::regclass::oid AS class, r.oid, 0 AS sub, c.oid AS home,
       'rule' AS kind, n.nspname::text AS schema, c.relname::text AS name, r.rulename::text AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'definition', rtrim(pg_get_ruledef(r.oid), ';'),
           'enabled', r.ev_enabled,
           'cloned', false
       )::text AS body
FROM pg_catalog.pg_rewrite r
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
