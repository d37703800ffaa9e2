SELECT pg_catalog.jsonb_build_object(
  'server_version', pg_catalog.current_setting('server_version_num')::int,
  'source', CASE WHEN s.oid IS NOT NULL THEN
    pg_catalog.jsonb_build_object('oid', s.oid::bigint, 'partitioned', s.relkind = 'p') END,
  'missing_columns', (
    SELECT coalesce(pg_catalog.jsonb_agg(w.name ORDER BY w.n), '[]')
    FROM pg_catalog.jsonb_array_elements_text(k.key -> 'columns') WITH ORDINALITY AS w (name, n)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = s.oid AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped)),
  'target', CASE WHEN t.oid IS NOT NULL THEN
    pg_catalog.jsonb_build_object('oid', t.oid::bigint, 'partitioned', t.relkind = 'p') END,
  'target_columns', r.columns,
  'missing_target_columns', (
    SELECT coalesce(pg_catalog.jsonb_agg(w.name ORDER BY w.n), '[]')
    FROM pg_catalog.jsonb_array_elements_text(r.columns) WITH ORDINALITY AS w (name, n)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = t.oid AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped)),
  'unique', EXISTS (
    SELECT FROM pg_catalog.pg_index i
    WHERE i.indrelid = t.oid AND i.indisunique AND i.indimmediate AND i.indisvalid
      AND i.indpred IS NULL AND i.indexprs IS NULL
      AND (SELECT pg_catalog.jsonb_agg(a.attname::text ORDER BY a.attname::text COLLATE "C")
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS x (attnum, n)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = x.attnum
        WHERE x.n <= i.indnkeyatts)
      = (SELECT pg_catalog.jsonb_agg(w.name ORDER BY w.name COLLATE "C")
        FROM pg_catalog.jsonb_array_elements_text(r.columns) AS w (name))),
  'constraints', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', c.conname,
      'columns', CASE WHEN c.contype = 'f' THEN (
        SELECT pg_catalog.jsonb_agg(a.attname ORDER BY x.n)
        FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY AS x (attnum, n)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = x.attnum) ELSE '[]' END,
      'target_oid', c.confrelid::bigint,
      'target_columns', coalesce((
        SELECT pg_catalog.jsonb_agg(a.attname ORDER BY x.n)
        FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY AS x (attnum, n)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = x.attnum), '[]'),
      'on_delete', c.confdeltype,
      'on_update', c.confupdtype,
      -- confdelsetcols came with PostgreSQL 15, conenforced with 18.
      'set_columns', coalesce((
        SELECT pg_catalog.jsonb_agg(a.attname)
        FROM pg_catalog.jsonb_array_elements_text(
          nullif(pg_catalog.to_jsonb(c) -> 'confdelsetcols', 'null')) AS x (attnum)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = x.attnum::int2), '[]'),
      'full', c.confmatchtype = 'f',
      'deferrable', c.condeferrable,
      'deferred', c.condeferred,
      'enforced', coalesce((pg_catalog.to_jsonb(c) ->> 'conenforced')::boolean, true),
      'valid', c.convalidated,
      'operators', coalesce((
        SELECT pg_catalog.jsonb_agg(pg_catalog.format('OPERATOR(%I.%s)', n.nspname, o.oprname) ORDER BY x.n)
        FROM pg_catalog.unnest(c.conpfeqop) WITH ORDINALITY AS x (oid, n)
        JOIN pg_catalog.pg_operator o ON o.oid = x.oid
        JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace), '[]'),
      'definition', pg_catalog.pg_get_constraintdef(c.oid)) ORDER BY c.conname), '[]')
    FROM pg_catalog.pg_constraint c
    WHERE c.conrelid = s.oid
      AND (c.conname = k.key ->> 'name' OR c.contype = 'f' AND c.confrelid = t.oid)))
FROM pg_catalog.jsonb_array_elements($1) WITH ORDINALITY AS k (key, n)
LEFT JOIN pg_catalog.pg_namespace sn ON sn.nspname = k.key ->> 'schema'
LEFT JOIN pg_catalog.pg_class s
  ON s.relnamespace = sn.oid AND s.relname = k.key ->> 'table' AND s.relkind IN ('r', 'p')
LEFT JOIN pg_catalog.pg_namespace tn ON tn.nspname = k.key ->> 'target_schema'
LEFT JOIN pg_catalog.pg_class t
  ON t.relnamespace = tn.oid AND t.relname = k.key ->> 'target_table' AND t.relkind IN ('r', 'p')
CROSS JOIN LATERAL (
  SELECT CASE WHEN pg_catalog.jsonb_array_length(k.key -> 'target_columns') > 0 THEN k.key -> 'target_columns'
    ELSE coalesce((
      SELECT pg_catalog.jsonb_agg(a.attname ORDER BY x.n)
      FROM pg_catalog.pg_index i
      CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS x (attnum, n)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = x.attnum
      WHERE i.indrelid = t.oid AND i.indisprimary AND x.n <= i.indnkeyatts), '[]') END AS columns
) AS r
ORDER BY k.n
