SELECT 0::oid AS class, s.oid, 0 AS sub, t.oid AS home,
       'ownership' AS kind, n.nspname::text AS schema, s.relname::text AS name, '' AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object('table', json_build_array(tn.nspname, t.relname), 'column', a.attname)::text AS body
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
  AND d.deptype = 'a' AND s.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
