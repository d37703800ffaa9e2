SELECT a.schema, a.name, c.oid, pg_catalog.pg_total_relation_size(c.oid) AS bytes, c.reltuples::float8 AS tuples,
  coalesce(s.n_tup_ins + s.n_tup_upd, 0) AS written, d.stats_reset,
  (SELECT t.attname::text FROM pg_catalog.pg_attribute t JOIN pg_catalog.pg_attrdef f ON f.adrelid = c.oid AND f.adnum = t.attnum
    WHERE t.attrelid = c.oid AND NOT t.attisdropped AND t.atttypid = 'timestamptz'::pg_catalog.regtype
      AND pg_catalog.pg_get_expr(f.adbin, f.adrelid) ~* '^(now\(\)|CURRENT_TIMESTAMP|clock_timestamp\(\)|statement_timestamp\(\))$'
    ORDER BY t.attname ~ '^(updated|modified|changed)' DESC, t.attnum LIMIT 1) AS stamp
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS a (schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = a.name
LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
LEFT JOIN pg_catalog.pg_stat_database d ON d.datname = pg_catalog.current_database()
