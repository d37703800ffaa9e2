SELECT c.relname::text AS name,
  pg_catalog.concat_ws(' ', 'as ' || pg_catalog.format_type(s.seqtypid, NULL),
    CASE WHEN s.seqincrement <> 1 THEN 'increment by ' || s.seqincrement END,
    CASE WHEN s.seqmin <> u.min THEN 'minvalue ' || s.seqmin END,
    CASE WHEN s.seqmax <> u.max THEN 'maxvalue ' || s.seqmax END,
    CASE WHEN s.seqstart <> CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END THEN 'start with ' || s.seqstart END,
    CASE WHEN s.seqcache <> 1 THEN 'cache ' || s.seqcache END,
    CASE WHEN s.seqcycle THEN 'cycle' END) AS definition,
  NULL::text AS defect,
  -- One that a column owns goes with it.
  EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.objid = c.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')) AS implied
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
CROSS JOIN LATERAL (SELECT
  CASE s.seqtypid WHEN 21 THEN 32767 WHEN 23 THEN 2147483647 ELSE 9223372036854775807 END AS most) t
CROSS JOIN LATERAL (SELECT CASE WHEN s.seqincrement > 0 THEN 1 ELSE -t.most - 1 END AS min,
  CASE WHEN s.seqincrement > 0 THEN t.most ELSE -1 END AS max) u
WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) AND c.relkind = 'S'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
