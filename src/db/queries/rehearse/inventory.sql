WITH home AS (
  SELECT oid, nspname FROM pg_catalog.pg_namespace
  WHERE nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND nspname NOT IN ('information_schema', 'crmdb')
), rel AS (
  SELECT c.oid, c.relkind, c.relname, h.nspname FROM pg_catalog.pg_class c JOIN home h ON h.oid = c.relnamespace
), found AS (
  SELECT 'pg_catalog.pg_namespace'::regclass::oid AS class, h.oid AS object, 0 AS part, NULL::oid AS on_class,
    NULL::oid AS on_object, 'schema' AS kind, '' AS schema, h.nspname::text AS name, '' AS own, '' AS type
  FROM home h
  UNION ALL
  SELECT 'pg_catalog.pg_extension'::regclass, e.oid, 0, NULL, NULL, 'extension', '', e.extname, '', ''
  FROM pg_catalog.pg_extension e WHERE e.extname <> 'plpgsql'
  UNION ALL
  SELECT 'pg_catalog.pg_class'::regclass, r.oid, 0, 'pg_catalog.pg_class'::regclass, coalesce(i.indrelid, d.refobjid),
    CASE r.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table'
      WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'index' END,
    r.nspname, r.relname, '', ''
  FROM rel r
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = r.oid
  LEFT JOIN pg_catalog.pg_depend d ON r.relkind = 'S' AND d.classid = 'pg_catalog.pg_class'::regclass
    AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
  WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = r.oid AND k.contype IN ('p', 'u', 'x'))
  UNION ALL
  SELECT 'pg_catalog.pg_class'::regclass, r.oid, a.attnum, 'pg_catalog.pg_class'::regclass, r.oid,
    CASE a.attgenerated WHEN '' THEN 'column' ELSE 'generated column' END,
    r.nspname, r.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
  FROM rel r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE r.relkind IN ('r', 'p', 'f')
  UNION ALL
  SELECT 'pg_catalog.pg_type'::regclass, t.oid, 0, NULL, NULL, 'type', h.nspname, t.typname, '', ''
  FROM pg_catalog.pg_type t JOIN home h ON h.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
  WHERE t.typcategory <> 'A' AND t.typtype <> 'm' AND (t.typrelid = 0 OR c.relkind = 'c')
  UNION ALL
  SELECT 'pg_catalog.pg_enum'::regclass, e.oid, 0, 'pg_catalog.pg_type'::regclass, t.oid, 'enum value',
    h.nspname, t.typname, e.enumlabel, pg_catalog.format_type(t.oid, NULL)
  FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid JOIN home h ON h.oid = t.typnamespace
  UNION ALL
  SELECT 'pg_catalog.pg_proc'::regclass, p.oid, 0, NULL, NULL, 'function', h.nspname, p.proname,
    pg_catalog.pg_get_function_identity_arguments(p.oid), ''
  FROM pg_catalog.pg_proc p JOIN home h ON h.oid = p.pronamespace
  UNION ALL
  SELECT 'pg_catalog.pg_constraint'::regclass, k.oid, 0, 'pg_catalog.pg_class'::regclass, k.conrelid, 'constraint',
    r.nspname, r.relname, k.conname, ''
  FROM pg_catalog.pg_constraint k JOIN rel r ON r.oid = k.conrelid
  WHERE k.contype IN ('p', 'u', 'x', 'c', 'f') AND k.conparentid = 0
  UNION ALL
  SELECT 'pg_catalog.pg_trigger'::regclass, g.oid, 0, 'pg_catalog.pg_class'::regclass, g.tgrelid, 'trigger',
    r.nspname, r.relname, g.tgname, ''
  FROM pg_catalog.pg_trigger g JOIN rel r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgparentid = 0
  UNION ALL
  SELECT 'pg_catalog.pg_policy'::regclass, p.oid, 0, 'pg_catalog.pg_class'::regclass, p.polrelid, 'policy',
    r.nspname, r.relname, p.polname, ''
  FROM pg_catalog.pg_policy p JOIN rel r ON r.oid = p.polrelid
  UNION ALL
  SELECT 'pg_catalog.pg_rewrite'::regclass, w.oid, 0, 'pg_catalog.pg_class'::regclass, w.ev_class, 'rule',
    r.nspname, r.relname, w.rulename, ''
  FROM pg_catalog.pg_rewrite w JOIN rel r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
  UNION ALL
  SELECT 'pg_catalog.pg_publication_rel'::regclass, m.oid, 0, 'pg_catalog.pg_class'::regclass, m.prrelid, 'publication',
    r.nspname, r.relname, p.pubname, ''
  FROM pg_catalog.pg_publication_rel m JOIN pg_catalog.pg_publication p ON p.oid = m.prpubid JOIN rel r ON r.oid = m.prrelid
)
SELECT f.class, f.object, f.part::int4, f.on_class, f.on_object, f.kind, f.schema::text, f.name::text, f.own::text, f.type::text
FROM found f
WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend d
  WHERE d.classid = coalesce(CASE WHEN f.kind IN ('column', 'generated column', 'enum value') THEN f.on_class END, f.class)
    AND d.objid = coalesce(CASE WHEN f.kind IN ('column', 'generated column', 'enum value') THEN f.on_object END, f.object)
    AND d.deptype = 'e')
