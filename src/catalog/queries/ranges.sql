SELECT 'pg_catalog.pg_type'::regclass::oid AS class, t.oid, 0 AS sub, 0::oid AS home,
       'range' AS kind, n.nspname::text AS schema, t.typname::text AS name, '' AS part,
       pg_get_userbyid(t.typowner)::text AS owner,
       coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl,
       json_build_object('core', format('CREATE TYPE %I.%I AS RANGE (subtype = %s', n.nspname, t.typname,
               format_type(r.rngsubtype, NULL))
           || CASE WHEN NOT oc.opcdefault OR oc.opcintype <> r.rngsubtype
                   THEN format(', subtype_opclass = %I.%I', ocn.nspname, oc.opcname) ELSE '' END
           || CASE WHEN r.rngcollation <> st.typcollation THEN format(', collation = %I.%I', cn.nspname, co.collname) ELSE '' END
           || CASE WHEN r.rngcanonical <> 0 THEN ', canonical = ' || r.rngcanonical ELSE '' END
           || CASE WHEN r.rngsubdiff <> 0 THEN ', subtype_diff = ' || r.rngsubdiff ELSE '' END
           || format(', multirange_type_name = %I.%I)', mn.nspname, m.typname))::text AS body
FROM pg_catalog.pg_range r
JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_type st ON st.oid = r.rngsubtype
JOIN pg_catalog.pg_opclass oc ON oc.oid = r.rngsubopc
JOIN pg_catalog.pg_namespace ocn ON ocn.oid = oc.opcnamespace
JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid
JOIN pg_catalog.pg_namespace mn ON mn.oid = m.typnamespace
LEFT JOIN pg_catalog.pg_collation co ON co.oid = r.rngcollation
LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
WHERE t.oid >= 16384 AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
