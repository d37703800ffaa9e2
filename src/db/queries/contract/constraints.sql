SELECT t.relname::text AS owner, k.conname::text AS name, k.contype::text AS kind, k.convalidated AS validated,
  ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, position)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.position) AS columns,
  n.nspname::text AS target_schema, r.relname::text AS target_table,
  ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (attnum, position)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.position) AS target_columns,
  COALESCE((SELECT p.conkey = k.confkey FROM pg_catalog.pg_constraint p
    WHERE p.conrelid = k.confrelid AND p.contype = 'p'), false) AS to_primary_key,
  k.confdeltype::text AS on_delete, k.confupdtype::text AS on_update, k.confmatchtype::text AS matching,
  k.condeferrable AS is_deferrable, k.condeferred AS is_deferred,
  -- The column is of PostgreSQL 15.
  ARRAY(SELECT a.attname::text
    FROM pg_catalog.jsonb_array_elements_text(NULLIF(pg_catalog.to_jsonb(k) -> 'confdelsetcols', 'null')) AS u (attnum)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum::int2) AS set_columns,
  CASE WHEN k.contype = 'c' THEN pg_catalog.substr(pg_catalog.pg_get_constraintdef(k.oid), 7) END AS definition
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
WHERE t.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1))
  AND k.contype IN ('p', 'u', 'c', 'f')
  -- One that a partition inherits, or that stands for a partition of the referenced table, is its parent's.
  AND (k.contype = 'c' OR k.conparentid = 0)
ORDER BY t.relname, k.conname
