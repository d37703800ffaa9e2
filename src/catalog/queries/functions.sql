SELECT 'pg_catalog.pg_proc'::regclass::oid AS class, p.oid, 0 AS sub, 0::oid AS home,
       CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
       n.nspname::text AS schema, p.proname::text AS name, oidvectortypes(p.proargtypes) AS part,
       pg_get_userbyid(p.proowner)::text AS owner,
       coalesce(p.proacl, acldefault('f', p.proowner))::text[] AS acl,
       json_build_object(
           'definition', pg_get_functiondef(p.oid),
           'window', p.prokind = 'w',
           'result', pg_get_function_result(p.oid),
           'arguments', pg_get_function_identity_arguments(p.oid),
           'defaults', p.pronargdefaults,
           'text', CASE WHEN p.prosqlbody IS NULL AND l.lanname NOT IN ('c', 'internal') THEN p.prosrc END
       )::text AS body
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p', 'w')
  -- A range type makes its own constructors.
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid
                    AND d.refclassid = 'pg_catalog.pg_type'::regclass AND d.deptype = 'i')
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
