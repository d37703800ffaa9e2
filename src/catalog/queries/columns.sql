SELECT 'pg_catalog.pg_class'::regclass::oid AS class, a.attrelid AS oid, a.attnum::int4 AS sub,
       a.attrelid AS home,
       CASE c.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END AS kind,
       n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS part,
       NULL::text AS owner, coalesce(a.attacl::text[], '{}') AS acl,
       json_build_object(
           'position', a.attnum,
           'type', format_type(a.atttypid, a.atttypmod),
           'base', format_type(a.atttypid, NULL),
           'collation', CASE WHEN a.attcollation NOT IN (0, t.typcollation)
                             THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END,
           'not_null', a.attnotnull,
           'not_null_constraint', CASE WHEN nn.conname <> c.relname || '_' || a.attname || '_not_null' THEN nn.conname END, -- since 18
           'not_null_no_inherit', coalesce(nn.connoinherit, false), -- since 18
           'not_null_valid', coalesce(nn.convalidated, true), -- since 18
           'not_null_local', coalesce(nn.conislocal, false), -- since 18
           'not_null_comment', obj_description(nn.oid, 'pg_constraint'), -- since 18
           'identity', nullif(a.attidentity, ''),
           'sequence', CASE WHEN a.attidentity <> '' THEN seq.body END,
           'generated', nullif(a.attgenerated, ''),
           'expression', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
           'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,
           'compression', nullif(a.attcompression, ''),
           'statistics', nullif(a.attstattarget, -1),
           'options', coalesce(a.attoptions, '{}'),
           'server_options', coalesce(a.attfdwoptions, '{}'),
           'local', a.attislocal,
           'inherited', a.attinhcount > 0
       )::text AS body
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_constraint nn ON nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey[1] = a.attnum -- since 18
LEFT JOIN (
    SELECT dep.refobjid, dep.refobjsubid,
           json_build_object(
               'schema', sn.nspname, 'name', sc.relname, 'persistence', sc.relpersistence,
               'type', format_type(s.seqtypid, NULL), 'start', s.seqstart, 'increment', s.seqincrement,
               'min', s.seqmin, 'max', s.seqmax, 'cache', s.seqcache, 'cycle', s.seqcycle) AS body
    FROM pg_catalog.pg_depend dep
    JOIN pg_catalog.pg_sequence s ON s.seqrelid = dep.objid
    JOIN pg_catalog.pg_class sc ON sc.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
    WHERE dep.deptype = 'i' AND dep.classid = 'pg_catalog.pg_class'::regclass
      AND dep.refclassid = 'pg_catalog.pg_class'::regclass
) seq ON seq.refobjid = a.attrelid AND seq.refobjsubid = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped
  AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
