SELECT pg_catalog.jsonb_build_object(
  'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname,
  'columns', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', a.attname, 'number', a.attnum, 'type_name', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'own', t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace, 'generated', a.attgenerated <> '') ORDER BY a.attnum), '[]')
    FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
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
  'root', CASE WHEN c.relispartition THEN (
    SELECT pg_catalog.jsonb_build_object('schema', m.nspname, 'name', r.relname)
    FROM pg_catalog.pg_class AS r JOIN pg_catalog.pg_namespace AS m ON m.oid = r.relnamespace
    WHERE r.oid = pg_catalog.pg_partition_root(c.oid)) END,
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
  'family', c.relispartition OR c.relhassubclass OR EXISTS (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid),
  'immovable', CASE
    WHEN c.relispartition THEN 'it is a partition'
    WHEN c.relhassubclass OR EXISTS (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid) THEN 'it is part of an inheritance tree'
    WHEN c.relpersistence <> 'p' THEN 'it is unlogged'
    WHEN c.reloftype <> 0 THEN 'it is of a composite type'
    WHEN c.relam <> (SELECT m.oid FROM pg_catalog.pg_am AS m WHERE m.amname = 'heap') THEN 'it has an access method of its own'
    WHEN EXISTS (SELECT FROM pg_catalog.pg_publication_rel AS p WHERE p.prrelid = c.oid) THEN 'it is in a publication'
    ELSE (
      SELECT pg_catalog.format('its column %I has the type %s, which may be dropped', a.attname, pg_catalog.format_type(a.atttypid, NULL))
      FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND (t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace OR l.collnamespace <> 'pg_catalog'::pg_catalog.regnamespace)
      ORDER BY a.attnum LIMIT 1) END,
  'followers', (
    SELECT coalesce(pg_catalog.jsonb_agg(DISTINCT k.conrelid::bigint), '[]') FROM pg_catalog.pg_constraint AS k
    WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd')))
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
ORDER BY c.oid
