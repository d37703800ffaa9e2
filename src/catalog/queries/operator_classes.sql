WITH members AS (
    SELECT d.refobjid AS class, 1 AS part, m.amopstrategy::int AS number,
           format('OPERATOR %s %s', m.amopstrategy, m.amopopr::regoperator)
               || CASE WHEN m.amopsortfamily <> 0
                       THEN format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname) ELSE '' END AS member
    FROM pg_catalog.pg_amop m
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_amop'::regclass AND d.objid = m.oid
         AND d.refclassid = 'pg_catalog.pg_opclass'::regclass
    LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = m.amopsortfamily
    LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace
    UNION ALL
    SELECT d.refobjid, 2, m.amprocnum,
           format('FUNCTION %s (%s, %s) %s', m.amprocnum, format_type(m.amproclefttype, NULL),
                  format_type(m.amprocrighttype, NULL), m.amproc::regprocedure)
    FROM pg_catalog.pg_amproc m
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_amproc'::regclass AND d.objid = m.oid
         AND d.refclassid = 'pg_catalog.pg_opclass'::regclass
)
SELECT 'pg_catalog.pg_opclass'::regclass::oid AS class, c.oid, 0 AS sub, 0::oid AS home,
       'operator_class' AS kind, n.nspname::text AS schema, c.opcname::text AS name, am.amname::text AS part,
       pg_get_userbyid(c.opcowner)::text AS owner, NULL::text[] AS acl,
       json_build_object('core', format('CREATE OPERATOR CLASS %I.%I%s FOR TYPE %s USING %I FAMILY %I.%I AS ', n.nspname,
               c.opcname, CASE WHEN c.opcdefault THEN ' DEFAULT' END, format_type(c.opcintype, NULL), am.amname,
               fn.nspname, f.opfname)
           || concat_ws(', ',
               CASE WHEN c.opckeytype <> 0 OR NOT EXISTS (SELECT FROM members m WHERE m.class = c.oid)
                    THEN 'STORAGE ' || format_type(coalesce(nullif(c.opckeytype, 0), c.opcintype), NULL) END,
               (SELECT string_agg(m.member, ', ' ORDER BY m.part, m.number, m.member)
                FROM members m WHERE m.class = c.oid)))::text AS body
FROM pg_catalog.pg_opclass c
JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace
JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace
JOIN pg_catalog.pg_am am ON am.oid = c.opcmethod
WHERE c.oid >= 16384 AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
