SELECT 'pg_catalog.pg_cast'::regclass::oid AS class, c.oid, 0 AS sub, 0::oid AS home,
       'cast' AS kind, '' AS schema, format_type(c.castsource, NULL) AS name, format_type(c.casttarget, NULL) AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object('core', format('CREATE CAST (%s AS %s) %s%s', format_type(c.castsource, NULL),
           format_type(c.casttarget, NULL),
           CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure
                             WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
           CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END))::text AS body
FROM pg_catalog.pg_cast c
WHERE c.oid >= 16384
  -- A range type makes its own cast.
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i')
