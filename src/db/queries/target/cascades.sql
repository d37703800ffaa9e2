WITH RECURSIVE losing AS (
  SELECT c.oid FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS a (schema, name)
  JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = a.name
  UNION
  SELECT k.conrelid FROM losing l JOIN pg_catalog.pg_constraint k ON k.confrelid = l.oid
  WHERE k.contype = 'f' AND k.confdeltype = 'c'
)
SELECT n.nspname::text, c.relname::text
FROM losing l JOIN pg_catalog.pg_class c ON c.oid = l.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND NOT EXISTS (
  SELECT FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS a (schema, name) WHERE a.schema = n.nspname AND a.name = c.relname)
ORDER BY 1, 2
