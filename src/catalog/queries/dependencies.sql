SELECT classid AS class, objid AS oid, objsubid AS sub,
       refclassid AS ref_class, refobjid AS ref_oid, refobjsubid AS ref_sub, deptype AS type
FROM pg_catalog.pg_depend
WHERE objid >= 16384 AND (refobjid >= 16384 OR refobjid = 2200)
UNION ALL
-- An operator that is named as commutator or negator and does not name back is made after the one that names it: what
-- comes to an operator that is there is named by it.
SELECT 'pg_catalog.pg_operator'::regclass, named.oid, 0, 'pg_catalog.pg_operator'::regclass, o.oid, 0, 'n'
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_operator named ON (named.oid = o.oprcom AND named.oprcom <> o.oid)
                                  OR (named.oid = o.oprnegate AND named.oprnegate <> o.oid)
WHERE o.oid >= 16384 AND named.oid >= 16384 AND named.oprcode <> 0
