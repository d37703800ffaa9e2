SELECT 'pg_catalog.pg_type'::regclass::oid AS class, t.oid, 0 AS sub, 0::oid AS home,
       CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE 'composite' END AS kind,
       n.nspname::text AS schema, t.typname::text AS name, '' AS part,
       pg_get_userbyid(t.typowner)::text AS owner,
       coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl,
       CASE t.typtype
           WHEN 'e' THEN json_build_object('labels', (
               SELECT coalesce(json_agg(e.enumlabel ORDER BY e.enumsortorder), '[]')
               FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid))
           WHEN 'd' THEN json_build_object(
               'type', format_type(t.typbasetype, t.typtypmod),
               'collation', CASE WHEN t.typcollation NOT IN (0, b.typcollation)
                                 THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END,
               'not_null', t.typnotnull,
               'not_null_constraint', nullif(nn.conname, t.typname || '_not_null'), -- since 17
               'not_null_comment', obj_description(nn.oid, 'pg_constraint'), -- since 17
               'default', coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)))
           ELSE '{}'
       END::text AS body
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_constraint nn ON nn.contypid = t.oid AND nn.contype = 'n' -- since 17
LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation
LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
WHERE (t.typtype IN ('e', 'd') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
