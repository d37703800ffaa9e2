SELECT a.attname::text AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS kind,
  NULLIF(c.reltuples, 0)::bigint AS rows
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS key (attnum, place)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum
WHERE i.indrelid = pg_catalog.to_regclass($1) AND i.indisprimary AND key.place <= i.indnkeyatts
ORDER BY key.place
