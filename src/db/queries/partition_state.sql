SELECT i.inhdetachpending AS pending, i.inhparent::regclass::text AS parent, i.inhrelid::regclass::text AS partition
FROM pg_catalog.pg_inherits i
WHERE i.inhparent = pg_catalog.to_regclass(CASE WHEN $1 IS NULL THEN pg_catalog.quote_ident($2)
    ELSE pg_catalog.format('%I.%I', $1, $2) END)
  AND i.inhrelid = pg_catalog.to_regclass(CASE WHEN $3 IS NULL THEN pg_catalog.quote_ident($4)
    ELSE pg_catalog.format('%I.%I', $3, $4) END)
