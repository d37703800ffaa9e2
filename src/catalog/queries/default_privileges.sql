SELECT 'pg_catalog.pg_default_acl'::regclass::oid AS class, d.oid, 0 AS sub, 0::oid AS home,
       'default_privileges' AS kind, coalesce(n.nspname::text, '') AS schema,
       pg_get_userbyid(d.defaclrole)::text AS name, d.defaclobjtype::text AS part,
       pg_get_userbyid(d.defaclrole)::text AS owner, d.defaclacl::text[] AS acl,
       json_build_object(
           'base', CASE WHEN n.oid IS NULL
               THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)::text[]
               ELSE '{}' END
       )::text AS body
FROM pg_catalog.pg_default_acl d
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
WHERE coalesce(n.nspname, '') !~ '^(information_schema|crmdb|crmdb_rescue_[0-9]+)$'
