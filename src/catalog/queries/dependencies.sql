SELECT classid AS class, objid AS oid, objsubid AS sub,
       refclassid AS ref_class, refobjid AS ref_oid, refobjsubid AS ref_sub, deptype AS type
FROM pg_catalog.pg_depend
WHERE objid >= 16384 AND (refobjid >= 16384 OR refobjid = 2200)
