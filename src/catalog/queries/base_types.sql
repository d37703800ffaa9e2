-- Base types and shells. A base type needs its functions and they need its shell, which no order of statements made
-- from the catalogs alone resolves; what differs is named, not written.
SELECT 'pg_catalog.pg_type'::regclass::oid AS class, t.oid, 0 AS sub, 0::oid AS home,
       'base_type' AS kind, n.nspname::text AS schema, t.typname::text AS name, '' AS part,
       pg_get_userbyid(t.typowner)::text AS owner,
       coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl,
       json_build_object('core', CASE WHEN t.typisdefined
           THEN format('input %s output %s receive %s send %s typmod %s %s analyze %s length %s byvalue %s alignment %s '
                       'storage %s category %s%s default %L delimiter %s collatable %s',
                       t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typanalyze, t.typlen,
                       t.typbyval, t.typalign, t.typstorage, t.typcategory, t.typispreferred, t.typdefault, t.typdelim,
                       t.typcollation <> 0)
           ELSE format('CREATE TYPE %I.%I', n.nspname, t.typname) END)::text AS body
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE (t.typtype = 'b' OR (t.typtype = 'p' AND NOT t.typisdefined))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
  AND t.oid >= 16384 AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
