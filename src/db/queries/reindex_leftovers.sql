SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
WHERE c.relname ~ '_cc(new|old)[0-9]*$' AND NOT i.indisvalid
  AND CASE $1
    WHEN 'schema' THEN n.nspname = $2
    WHEN 'table' THEN t.oid = pg_catalog.to_regclass(CASE WHEN $2 IS NULL THEN pg_catalog.quote_ident($3)
        ELSE pg_catalog.format('%I.%I', $2, $3) END)
    ELSE pg_catalog.starts_with(c.relname, $3 || '_cc') AND ($2 IS NULL OR n.nspname = $2)
      AND ($2 IS NOT NULL OR pg_catalog.pg_table_is_visible(c.oid)) END
ORDER BY 1
