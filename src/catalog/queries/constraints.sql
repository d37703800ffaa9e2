SELECT 'pg_catalog.pg_constraint'::regclass::oid AS class, o.oid, 0 AS sub, c.oid AS home,
       'constraint' AS kind, n.nspname::text AS schema, c.relname::text AS name, o.conname::text AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'type', o.contype,
           'definition', pg_get_constraintdef(o.oid),
           'validated', o.convalidated,
           'deferrable', o.condeferrable,
           'deferred', o.condeferred,
           'local', o.conislocal,
           'inherited', o.coninhcount > 0,
           'automatic', CASE WHEN o.contype <> 'f' THEN '[]'::json ELSE (
               SELECT coalesce(json_agg(h.conname), '[]')
               FROM pg_catalog.pg_constraint h LEFT JOIN pg_catalog.pg_constraint m ON m.oid = h.conparentid
               WHERE h.conrelid = o.conrelid AND m.conrelid = o.conrelid AND o.oid IN (m.oid, m.conparentid)) END,
           'original', CASE WHEN o.contype = 'f' THEN parent.conname END,
           'parent', CASE WHEN pi.oid IS NOT NULL THEN json_build_array(pin.nspname, pi.relname) END,
           'options', coalesce(ic.reloptions, '{}'),
           'tablespace', ts.spcname,
           'index_comment', obj_description(i.indexrelid, 'pg_class'),
           'clustered', coalesce(i.indisclustered, false),
           'replica_identity', coalesce(i.indisreplident, false)
       )::text AS body
FROM pg_catalog.pg_constraint o
JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = o.conindid AND o.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = ic.reltablespace
LEFT JOIN pg_catalog.pg_inherits inh ON inh.inhrelid = ic.oid
LEFT JOIN pg_catalog.pg_class pi ON pi.oid = inh.inhparent
LEFT JOIN pg_catalog.pg_namespace pin ON pin.oid = pi.relnamespace
LEFT JOIN pg_catalog.pg_constraint parent ON parent.oid = o.conparentid
WHERE o.contype IN ('p', 'u', 'x', 'c', 'f') AND c.relpersistence <> 't'
  AND (parent.oid IS NULL OR parent.conrelid <> o.conrelid)
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
