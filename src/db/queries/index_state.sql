SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, i.indisvalid AND i.indisready AS valid
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
WHERE c.relname = $3
  AND CASE WHEN $2 IS NOT NULL THEN
      i.indrelid = pg_catalog.to_regclass(CASE WHEN $1 IS NULL THEN pg_catalog.quote_ident($2)
        ELSE pg_catalog.format('%I.%I', $1, $2) END)
    WHEN $1 IS NOT NULL THEN n.nspname = $1
    ELSE pg_catalog.pg_table_is_visible(c.oid) END
