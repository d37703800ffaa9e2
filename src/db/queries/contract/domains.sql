SELECT t.typname::text AS name,
  pg_catalog.concat_ws(' ', 'as ' || pg_catalog.format_type(t.typbasetype, t.typtypmod),
    (SELECT 'collate ' || pg_catalog.quote_ident(l.collname) FROM pg_catalog.pg_collation l
      JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype WHERE l.oid = t.typcollation AND l.oid <> b.typcollation),
    'default ' || pg_catalog.pg_get_expr(t.typdefaultbin, 0),
    CASE WHEN t.typnotnull THEN 'not null' END,
    (SELECT pg_catalog.string_agg('constraint ' || pg_catalog.quote_ident(k.conname) || ' '
        || pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', ''), ' ' ORDER BY k.conname)
      FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c')) AS definition,
  (SELECT 'has the constraint `' || pg_catalog.min(k.conname) || '` that is not valid: values that were there before it were not checked'
    FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND NOT k.convalidated HAVING pg_catalog.count(*) > 0) AS defect,
  false AS implied
FROM pg_catalog.pg_type t
WHERE t.typnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) AND t.typtype = 'd'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
    AND d.objid = t.oid AND d.deptype = 'e')
ORDER BY t.typname
