SELECT t.relname::text AS owner, p.polname::text AS name,
  pg_catalog.concat_ws(' ', CASE WHEN NOT p.polpermissive THEN 'as restrictive' END,
    'for ' || CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete'
      ELSE 'all' END,
    'to ' || (SELECT pg_catalog.string_agg(COALESCE(pg_catalog.quote_ident(o.rolname), 'public'), ', ' ORDER BY o.rolname)
      FROM pg_catalog.unnest(p.polroles) AS u (role) LEFT JOIN pg_catalog.pg_roles o ON o.oid = u.role),
    'using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
    'with check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS definition,
  NULL::text AS defect, false AS implied
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_class t ON t.oid = p.polrelid
WHERE t.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1))
ORDER BY t.relname, p.polname
