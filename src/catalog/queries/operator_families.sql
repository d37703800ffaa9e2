-- Members that belong to the family and to none of its classes are settings of the family.
WITH loose AS (
    SELECT m.amopfamily AS family, 'operator ' || m.amopstrategy || ' ' || m.amopopr::regoperator AS name,
           format('OPERATOR %s %s', m.amopstrategy, m.amopopr::regoperator)
               || CASE WHEN m.amopsortfamily <> 0
                       THEN format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname) ELSE '' END AS member,
           format('OPERATOR %s (%s, %s)', m.amopstrategy, format_type(m.amoplefttype, NULL),
                  format_type(m.amoprighttype, NULL)) AS slot
    FROM pg_catalog.pg_amop m
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_amop'::regclass AND d.objid = m.oid
         AND d.refclassid = 'pg_catalog.pg_opfamily'::regclass AND d.refobjid = m.amopfamily
    LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = m.amopsortfamily
    LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace
    UNION ALL
    SELECT m.amprocfamily, 'function ' || m.amprocnum || ' ' || m.amproc::regprocedure,
           format('FUNCTION %s (%s, %s) %s', m.amprocnum, format_type(m.amproclefttype, NULL),
                  format_type(m.amprocrighttype, NULL), m.amproc::regprocedure),
           format('FUNCTION %s (%s, %s)', m.amprocnum, format_type(m.amproclefttype, NULL),
                  format_type(m.amprocrighttype, NULL))
    FROM pg_catalog.pg_amproc m
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_amproc'::regclass AND d.objid = m.oid
         AND d.refclassid = 'pg_catalog.pg_opfamily'::regclass AND d.refobjid = m.amprocfamily
)
SELECT 'pg_catalog.pg_opfamily'::regclass::oid AS class, f.oid, 0 AS sub, 0::oid AS home,
       'operator_family' AS kind, n.nspname::text AS schema, f.opfname::text AS name, am.amname::text AS part,
       pg_get_userbyid(f.opfowner)::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'core', format('CREATE OPERATOR FAMILY %I.%I USING %I', n.nspname, f.opfname, am.amname),
           'settings', (SELECT coalesce(json_object_agg(l.name, json_build_object(
                   'set', format('ALTER OPERATOR FAMILY %I.%I USING %I ADD %s', n.nspname, f.opfname, am.amname, l.member),
                   'unset', format('ALTER OPERATOR FAMILY %I.%I USING %I DROP %s', n.nspname, f.opfname, am.amname, l.slot))
                   ORDER BY l.name), '{}')
               FROM loose l WHERE l.family = f.oid)
       )::text AS body
FROM pg_catalog.pg_opfamily f
JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod
WHERE f.oid >= 16384 AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
