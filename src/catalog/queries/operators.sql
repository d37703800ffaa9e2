SELECT 'pg_catalog.pg_operator'::regclass::oid AS class, o.oid, 0 AS sub, 0::oid AS home,
       'operator' AS kind, n.nspname::text AS schema, o.oprname::text AS name,
       CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END || ', '
           || format_type(o.oprright, NULL) AS part,
       pg_get_userbyid(o.oprowner)::text AS owner, NULL::text[] AS acl,
       json_build_object(
           -- A commutator or negator that is only named is there as a shell, and stays when what names it is dropped.
           'drop', CASE WHEN co.oprcode = 0 OR ne.oprcode = 0 THEN
               'DROP OPERATOR ' || (
                   SELECT string_agg(format('%I.%s (%s, %s)', sn.nspname, s.oprname,
                                            CASE WHEN s.oprleft = 0 THEN 'NONE' ELSE format_type(s.oprleft, NULL) END,
                                            format_type(s.oprright, NULL)), ', ' ORDER BY s.oid = o.oid DESC, s.oprname)
                   FROM pg_catalog.pg_operator s JOIN pg_catalog.pg_namespace sn ON sn.oid = s.oprnamespace
                   WHERE s.oid = o.oid OR (s.oid IN (o.oprcom, o.oprnegate) AND s.oprcode = 0)) END,
           'core', format('CREATE OPERATOR %I.%s (FUNCTION = %s', n.nspname, o.oprname, o.oprcode)
           || CASE WHEN o.oprleft <> 0 THEN ', LEFTARG = ' || format_type(o.oprleft, NULL) ELSE '' END
           || ', RIGHTARG = ' || format_type(o.oprright, NULL)
           || CASE WHEN co.oid IS NOT NULL THEN format(', COMMUTATOR = OPERATOR(%I.%s)', con.nspname, co.oprname) ELSE '' END
           || CASE WHEN ne.oid IS NOT NULL THEN format(', NEGATOR = OPERATOR(%I.%s)', nen.nspname, ne.oprname) ELSE '' END
           || CASE WHEN o.oprcanmerge THEN ', MERGES' ELSE '' END
           || CASE WHEN o.oprcanhash THEN ', HASHES' ELSE '' END
           || CASE WHEN o.oprrest <> 0 THEN ', RESTRICT = ' || o.oprrest ELSE '' END
           || CASE WHEN o.oprjoin <> 0 THEN ', JOIN = ' || o.oprjoin ELSE '' END || ')')::text AS body
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
LEFT JOIN pg_catalog.pg_operator co ON co.oid = o.oprcom
LEFT JOIN pg_catalog.pg_namespace con ON con.oid = co.oprnamespace
LEFT JOIN pg_catalog.pg_operator ne ON ne.oid = o.oprnegate
LEFT JOIN pg_catalog.pg_namespace nen ON nen.oid = ne.oprnamespace
WHERE o.oid >= 16384 AND o.oprcode <> 0 AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
