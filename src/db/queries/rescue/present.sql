SELECT pg_catalog.jsonb_build_object(
  'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'partitioned', c.relkind = 'p',
  'columns', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', a.attname,
      'type_name', pg_catalog.format_type(a.atttypid, a.atttypmod), 'base', pg_catalog.format_type(a.atttypid, NULL),
      'generated', a.attgenerated <> '', 'always', a.attidentity = 'a') ORDER BY a.attnum), '[]')
    FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'key', coalesce((
    SELECT (SELECT pg_catalog.jsonb_agg(a.attname ORDER BY k.place)
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE k.place <= i.indnkeyatts)
    FROM pg_catalog.pg_index AS i
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
      AND NOT EXISTS (
        SELECT FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE k.place <= i.indnkeyatts AND (NOT a.attnotnull OR a.attgenerated <> ''))
    ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1), '[]'),
  'sequences', (
    SELECT coalesce(pg_catalog.jsonb_agg(DISTINCT pg_catalog.jsonb_build_object('column', a.attname,
      'name', pg_catalog.jsonb_build_object('schema', m.nspname, 'name', s.relname))), '[]')
    FROM pg_catalog.pg_depend AS d
    LEFT JOIN pg_catalog.pg_attrdef AS f ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND f.oid = d.objid
    JOIN pg_catalog.pg_class AS s ON s.relkind = 'S' AND s.oid = CASE WHEN f.oid IS NULL THEN d.objid ELSE d.refobjid END
    JOIN pg_catalog.pg_namespace AS m ON m.oid = s.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = coalesce(f.adnum, d.refobjsubid)
    WHERE (f.adrelid = c.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)
      OR (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid = c.oid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))),
  'references', (
    SELECT coalesce(pg_catalog.jsonb_agg(DISTINCT k.confrelid::bigint), '[]') FROM pg_catalog.pg_constraint AS k
    WHERE k.conrelid = c.oid AND k.contype = 'f'))
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS a (schema, name)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = a.schema
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = a.name AND c.relkind IN ('r', 'p')
