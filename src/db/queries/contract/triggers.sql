SELECT t.relname::text AS owner, g.tgname::text AS name,
  CASE WHEN g.tgconstraint = 0 THEN '' ELSE 'constraint ' END
    || pg_catalog.replace(pg_catalog.substr(pg_catalog.pg_get_triggerdef(g.oid, true), pg_catalog.length(p.prefix) + 1),
      ' ON ' || g.tgrelid::pg_catalog.regclass::text || ' ', ' ') AS definition,
  CASE g.tgenabled WHEN 'D' THEN 'is disabled' END AS defect, false AS implied
FROM pg_catalog.pg_trigger g
JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
CROSS JOIN LATERAL (SELECT pg_catalog.format('CREATE %sTRIGGER %I ',
  CASE WHEN g.tgconstraint = 0 THEN '' ELSE 'CONSTRAINT ' END, g.tgname) AS prefix) p
WHERE t.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1))
  -- A trigger that a partition has from its parent is the parent's.
  AND NOT g.tgisinternal AND g.tgparentid = 0
ORDER BY t.relname, g.tgname
