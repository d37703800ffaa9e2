WITH RECURSIVE domain (oid, under, is_base) AS (
  SELECT d.oid, d.typbasetype, b.typtype <> 'd'
  FROM pg_catalog.pg_type AS d JOIN pg_catalog.pg_type AS b ON b.oid = d.typbasetype
  WHERE d.typtype = 'd'
  UNION ALL
  SELECT domain.oid, b.oid, b.typtype <> 'd'
  FROM domain
  JOIN pg_catalog.pg_type AS d ON d.oid = domain.under
  JOIN pg_catalog.pg_type AS b ON b.oid = d.typbasetype
  WHERE NOT domain.is_base
)
SELECT pg_catalog.jsonb_build_object(
  'oid', c.oid::bigint,
  'schema', n.nspname,
  'name', c.relname,
  'columns', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', a.attname,
      'type_name', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'base', base.typname,
      'kind', coalesce(element.typtype, base.typtype),
      'category', coalesce(element.typcategory, base.typcategory),
      'element', element.typname,
      'modifier', CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
      'labels', (
        SELECT coalesce(pg_catalog.jsonb_agg(e.enumlabel ORDER BY e.enumsortorder), '[]')
        FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = coalesce(element.oid, base.oid)
      ),
      'range_of', (
        SELECT s.typname FROM pg_catalog.pg_range AS r JOIN pg_catalog.pg_type AS s ON s.oid = r.rngsubtype
        WHERE coalesce(element.oid, base.oid) IN (r.rngtypid, r.rngmultitypid)
      ),
      'fields', (
        SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
          'name', f.attname, 'type_name', pg_catalog.format_type(f.atttypid, f.atttypmod),
          'base', ft.typname, 'kind', ft.typtype, 'category', ft.typcategory, 'modifier', f.atttypmod,
          'labels', (
            SELECT coalesce(pg_catalog.jsonb_agg(e.enumlabel ORDER BY e.enumsortorder), '[]')
            FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = ft.oid
          ),
          'range_of', (
            SELECT s.typname FROM pg_catalog.pg_range AS r JOIN pg_catalog.pg_type AS s ON s.oid = r.rngsubtype
            WHERE ft.oid IN (r.rngtypid, r.rngmultitypid)
          ),
          'domain_checks', pg_catalog.jsonb_build_array(), 'not_null', false, 'generated', false, 'identity', ''
        ) ORDER BY f.attnum), '[]')
        FROM pg_catalog.pg_type AS o
        JOIN pg_catalog.pg_attribute AS f ON f.attrelid = o.typrelid AND f.attnum > 0 AND NOT f.attisdropped
        JOIN pg_catalog.pg_type AS ft ON ft.oid = f.atttypid
        WHERE o.oid = coalesce(element.oid, base.oid) AND o.typtype = 'c'
      ),
      'domain_checks', CASE WHEN t.typtype = 'd' THEN (
        SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.pg_get_expr(k.conbin, 0)), '[]')
        FROM pg_catalog.pg_constraint AS k
        WHERE k.contype = 'c' AND k.contypid <> 0
          AND (k.contypid = t.oid OR k.contypid IN (SELECT domain.under FROM domain WHERE domain.oid = t.oid))
      ) ELSE '[]' END,
      'not_null', a.attnotnull OR (t.typtype = 'd' AND t.typnotnull),
      'generated', a.attgenerated <> '',
      'computed', CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
      'identity', a.attidentity,
      'default', CASE WHEN a.attgenerated = '' THEN coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), t.typdefault) END
    ) ORDER BY a.attnum), '[]')
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_type AS base ON base.oid = CASE WHEN t.typtype = 'd'
      THEN (SELECT domain.under FROM domain WHERE domain.oid = t.oid AND domain.is_base) ELSE t.oid END
    LEFT JOIN pg_catalog.pg_type AS element ON element.oid = base.typelem AND base.typcategory = 'A'
    LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  ),
  'primary_key', coalesce((
    SELECT pg_catalog.jsonb_agg(a.attname ORDER BY key.place)
    FROM pg_catalog.pg_index AS i
    CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS key (attnum, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = key.attnum
    WHERE i.indrelid = c.oid AND i.indisprimary AND key.place <= i.indnkeyatts
  ), '[]'),
  'uniques', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'columns', coalesce((
        SELECT pg_catalog.jsonb_agg(a.attname ORDER BY key.place)
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = key.attnum
        WHERE key.place <= i.indnkeyatts
      ), '[]'),
      'expressions', coalesce((
        SELECT pg_catalog.jsonb_agg(pg_catalog.pg_get_indexdef(i.indexrelid, key.place::int, false) ORDER BY key.place)
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS key (attnum, place)
        WHERE key.attnum = 0 AND key.place <= i.indnkeyatts
      ), '[]'),
      'predicate', pg_catalog.pg_get_expr(i.indpred, i.indrelid),
      -- The column is of PostgreSQL 15.
      'nulls_equal', coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
      'reads', coalesce((
        SELECT pg_catalog.jsonb_agg(DISTINCT a.attname)
        FROM pg_catalog.pg_depend AS d
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
          AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid > 0
      ), '[]')
    ) ORDER BY i.indexrelid), '[]')
    FROM pg_catalog.pg_index AS i
    WHERE i.indrelid = c.oid AND i.indisunique AND NOT i.indisprimary
  ),
  'foreign_keys', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', k.conname,
      'columns', (
        SELECT pg_catalog.jsonb_agg(a.attname ORDER BY key.place)
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = key.attnum
      ),
      'target', k.confrelid::bigint,
      'target_columns', (
        SELECT pg_catalog.jsonb_agg(a.attname ORDER BY key.place)
        FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = key.attnum
      ),
      'on_delete', k.confdeltype,
      'deferrable', k.condeferrable
    ) ORDER BY k.conname), '[]')
    FROM pg_catalog.pg_constraint AS k
    WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0
  ),
  'checks', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.pg_get_expr(k.conbin, k.conrelid) ORDER BY k.conname), '[]')
    FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c'
  ),
  'exclusions', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', k.conname,
      'parts', (
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('column', a.attname, 'operator', o.oprname) ORDER BY part.place)
        FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.conexclop)) WITH ORDINALITY AS part (attnum, operator, place)
        JOIN pg_catalog.pg_operator AS o ON o.oid = part.operator
        LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = part.attnum AND part.attnum > 0
      )
    ) ORDER BY k.conname), '[]')
    FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'x'
  ),
  'partitions', CASE WHEN c.relkind = 'p' THEN (
    SELECT coalesce(pg_catalog.jsonb_agg(coalesce(pg_catalog.pg_get_partition_constraintdef(leaf.relid), 'true') ORDER BY leaf.relid), '[]')
    FROM pg_catalog.pg_partition_tree(c.oid) AS leaf WHERE leaf.isleaf AND leaf.level > 0
  ) END
)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
ORDER BY c.oid
