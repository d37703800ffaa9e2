-- Base types and shells. A base type needs its functions and they need its shell, which is an object of its own.
WITH altered AS (
    SELECT t.oid, a.name, a.value
    FROM pg_catalog.pg_type t,
         LATERAL (VALUES ('RECEIVE', t.typreceive::oid, t.typreceive::text), ('SEND', t.typsend, t.typsend::text),
             ('TYPMOD_IN', t.typmodin, t.typmodin::text), ('TYPMOD_OUT', t.typmodout, t.typmodout::text),
             ('ANALYZE', t.typanalyze, t.typanalyze::text), ('SUBSCRIPT', t.typsubscript, t.typsubscript::text),
             ('STORAGE', 1, CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                                 ELSE 'extended' END)) a (name, present, value)
    WHERE t.oid >= 16384 AND t.typtype = 'b' AND a.present <> 0
)
SELECT 'pg_catalog.pg_type'::regclass::oid AS class, t.oid, 0 AS sub, 0::oid AS home,
       'base_type' AS kind, n.nspname::text AS schema, t.typname::text AS name, '' AS part,
       pg_get_userbyid(t.typowner)::text AS owner,
       coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl,
       CASE WHEN NOT t.typisdefined THEN json_build_object('core', format('CREATE TYPE %I.%I', n.nspname, t.typname))
       ELSE json_build_object(
           'core', f.fixed,
           'create', format('CREATE TYPE %I.%I (', n.nspname, t.typname) || concat_ws(', ', f.fixed,
               (SELECT string_agg(a.name || ' = ' || a.value, ', ' ORDER BY a.name) FROM altered a WHERE a.oid = t.oid)) || ')',
           'settings', (SELECT json_object_agg(lower(a.name), json_build_object(
                   'set', format('ALTER TYPE %I.%I SET (%s = %s)', n.nspname, t.typname, a.name, a.value),
                   'unset', CASE WHEN a.name <> 'STORAGE'
                                 THEN format('ALTER TYPE %I.%I SET (%s = NONE)', n.nspname, t.typname, a.name) END,
                   'inline', true))
               FROM altered a WHERE a.oid = t.oid)) END::text AS body
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace,
     LATERAL (SELECT concat_ws(', ', 'INPUT = ' || t.typinput, 'OUTPUT = ' || t.typoutput,
         'INTERNALLENGTH = ' || CASE t.typlen WHEN -1 THEN 'VARIABLE' ELSE t.typlen::text END,
         CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
         'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'd' THEN 'double' ELSE 'int4' END,
         format('CATEGORY = %L', t.typcategory), CASE WHEN t.typispreferred THEN 'PREFERRED = true' END,
         'DEFAULT = ' || coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)),
         CASE WHEN t.typelem <> 0 THEN 'ELEMENT = ' || format_type(t.typelem, NULL) END,
         format('DELIMITER = %L', t.typdelim), CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END) AS fixed) f
WHERE (t.typtype = 'b' OR (t.typtype = 'p' AND NOT t.typisdefined))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
  AND t.oid >= 16384 AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
UNION ALL
SELECT 'pg_catalog.pg_type'::regclass, t.oid, -1, 0, 'shell_type', n.nspname, t.typname, '', NULL, NULL,
       json_build_object('core', format('CREATE TYPE %I.%I', n.nspname, t.typname))::text
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'b' AND t.typisdefined
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
  AND t.oid >= 16384 AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
