-- The sequence behind an identity column is defined with the column; its privileges and comment are its own.
SELECT 'pg_catalog.pg_class'::regclass::oid AS class, c.oid, 0 AS sub, d.refobjid AS home,
       'identity_sequence' AS kind, n.nspname::text AS schema, c.relname::text AS name, '' AS part,
       NULL::text AS owner, coalesce(c.relacl, acldefault('s', c.relowner))::text[] AS acl,
       '{}' AS body
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'i'
WHERE c.relkind = 'S' AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
