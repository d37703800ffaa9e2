-- Rows of the system catalogs that are part of another object: dependencies on them are dependencies on it.
SELECT 'pg_catalog.pg_attrdef'::regclass::oid AS class, d.oid,
       'pg_catalog.pg_class'::regclass::oid AS ref_class, d.adrelid AS ref_oid, d.adnum::int4 AS ref_sub
FROM pg_catalog.pg_attrdef d
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE a.attgenerated <> ''
UNION ALL
SELECT 'pg_catalog.pg_rewrite'::regclass::oid, r.oid, 'pg_catalog.pg_class'::regclass::oid, r.ev_class, 0
FROM pg_catalog.pg_rewrite r WHERE r.rulename = '_RETURN' AND r.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_class'::regclass::oid, o.conindid, 'pg_catalog.pg_constraint'::regclass::oid, o.oid, 0
FROM pg_catalog.pg_constraint o WHERE o.contype IN ('p', 'u', 'x') AND o.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_type'::regclass::oid, t.oid, 'pg_catalog.pg_type'::regclass::oid, t.typelem, 0
FROM pg_catalog.pg_type t WHERE t.oid >= 16384 AND t.typcategory = 'A' AND t.typelem <> 0
UNION ALL
SELECT 'pg_catalog.pg_type'::regclass::oid, r.rngmultitypid, 'pg_catalog.pg_type'::regclass::oid, r.rngtypid, 0
FROM pg_catalog.pg_range r WHERE r.rngtypid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_type'::regclass::oid, t.oid, 'pg_catalog.pg_class'::regclass::oid, t.typrelid, 0
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
WHERE t.oid >= 16384 AND c.relkind <> 'c'
UNION ALL
SELECT 'pg_catalog.pg_class'::regclass::oid, t.typrelid, 'pg_catalog.pg_type'::regclass::oid, t.oid, 0
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
WHERE t.oid >= 16384 AND c.relkind = 'c'
UNION ALL
SELECT 'pg_catalog.pg_class'::regclass::oid, d.objid, d.refclassid, d.refobjid, d.refobjsubid
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
  AND d.deptype = 'i'
UNION ALL
SELECT 'pg_catalog.pg_class'::regclass::oid, c.reltoastrelid, 'pg_catalog.pg_class'::regclass::oid, c.oid, 0
FROM pg_catalog.pg_class c WHERE c.reltoastrelid <> 0 AND c.oid >= 16384
UNION ALL
SELECT d.classid, d.objid, d.refclassid, d.refobjid, 0
FROM pg_catalog.pg_depend d
WHERE d.classid IN ('pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass) AND d.objid >= 16384
  AND d.refclassid IN ('pg_catalog.pg_opclass'::regclass, 'pg_catalog.pg_opfamily'::regclass)
  AND d.deptype IN ('i', 'a')
