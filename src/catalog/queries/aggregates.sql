SELECT 'pg_catalog.pg_proc'::regclass::oid AS class, p.oid, 0 AS sub, 0::oid AS home,
       'aggregate' AS kind, n.nspname::text AS schema, p.proname::text AS name,
       CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_get_function_identity_arguments(p.oid) END AS part,
       pg_get_userbyid(p.proowner)::text AS owner,
       coalesce(p.proacl, acldefault('f', p.proowner))::text[] AS acl,
       json_build_object(
           'core', format('AGGREGATE %I.%I(%s) RETURNS %s %s', n.nspname, p.proname, g.arguments,
               format_type(p.prorettype, NULL), a.aggkind),
           'create', 'CREATE' || d.definition,
           'settings', json_build_object('definition', json_build_object(
               'set', 'CREATE OR REPLACE' || d.definition, 'inline', true))
       )::text AS body
FROM pg_catalog.pg_aggregate a
JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_operator o ON o.oid = a.aggsortop
LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = o.oprnamespace
CROSS JOIN LATERAL (SELECT CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_get_function_arguments(p.oid) END AS arguments) g
CROSS JOIN LATERAL (
    SELECT format(' AGGREGATE %I.%I(%s) (', n.nspname, p.proname, g.arguments)
         || format('SFUNC = %s, STYPE = %s', a.aggtransfn, format_type(a.aggtranstype, NULL))
         || CASE WHEN a.aggtransspace > 0 THEN ', SSPACE = ' || a.aggtransspace ELSE '' END
         || CASE WHEN a.aggfinalfn <> 0 THEN ', FINALFUNC = ' || a.aggfinalfn ELSE '' END
         || CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END
         || CASE WHEN a.aggfinalfn <> 0 AND a.aggfinalmodify <> CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END
                 THEN ', FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY'
                      WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END ELSE '' END
         || CASE WHEN a.aggcombinefn <> 0 THEN ', COMBINEFUNC = ' || a.aggcombinefn ELSE '' END
         || CASE WHEN a.aggserialfn <> 0 THEN ', SERIALFUNC = ' || a.aggserialfn ELSE '' END
         || CASE WHEN a.aggdeserialfn <> 0 THEN ', DESERIALFUNC = ' || a.aggdeserialfn ELSE '' END
         || coalesce(', INITCOND = ' || quote_literal(a.agginitval), '')
         || CASE WHEN a.aggmtransfn <> 0 THEN format(', MSFUNC = %s, MINVFUNC = %s, MSTYPE = %s', a.aggmtransfn,
                 a.aggminvtransfn, format_type(a.aggmtranstype, NULL)) ELSE '' END
         || CASE WHEN a.aggmtransspace > 0 THEN ', MSSPACE = ' || a.aggmtransspace ELSE '' END
         || CASE WHEN a.aggmfinalfn <> 0 THEN ', MFINALFUNC = ' || a.aggmfinalfn ELSE '' END
         || CASE WHEN a.aggmfinalextra THEN ', MFINALFUNC_EXTRA' ELSE '' END
         || CASE WHEN a.aggmfinalfn <> 0 AND a.aggmfinalmodify <> CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END
                 THEN ', MFINALFUNC_MODIFY = ' || CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY'
                      WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END ELSE '' END
         || coalesce(', MINITCOND = ' || quote_literal(a.aggminitval), '')
         || CASE WHEN o.oid IS NOT NULL THEN format(', SORTOP = OPERATOR(%I.%s)', opn.nspname, o.oprname) ELSE '' END
         || CASE WHEN p.proparallel <> 'u' THEN ', PARALLEL = '
                 || CASE p.proparallel WHEN 's' THEN 'SAFE' ELSE 'RESTRICTED' END ELSE '' END
         || CASE WHEN a.aggkind = 'h' THEN ', HYPOTHETICAL' ELSE '' END || ')' AS definition
) d
WHERE n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
