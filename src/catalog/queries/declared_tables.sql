WITH declared AS (
  SELECT d.relation AS oid, c.relispartition, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, n.nspname,
    c.relname, a.attname AS key, d.method,
    pg_catalog.min(pg_catalog.format('%I.%I', n.nspname, c.relname)) FILTER (WHERE NOT c.relispartition)
      OVER (PARTITION BY d.colocation) AS first
  FROM crmdb.distribution AS d
  JOIN pg_catalog.pg_class AS c ON c.oid = d.relation
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.attribute
  WHERE d.method <> 'schema' AND n.oid NOT IN (SELECT relation FROM crmdb.distribution WHERE method = 'schema')
)
