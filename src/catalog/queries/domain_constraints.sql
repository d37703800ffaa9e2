SELECT 'pg_catalog.pg_constraint'::regclass::oid AS class, o.oid, 0 AS sub, o.contypid AS home,
       'domain_constraint' AS kind, n.nspname::text AS schema, t.typname::text AS name, o.conname::text AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object('definition', pg_get_constraintdef(o.oid), 'validated', o.convalidated)::text AS body
FROM pg_catalog.pg_constraint o
JOIN pg_catalog.pg_type t ON t.oid = o.contypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE o.contype = 'c'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
