-- Shards and partitions follow their table; what a foreign key alone brought into the metadata was not declared; tables of a
-- distributed schema follow the schema.
WITH member AS (
  SELECT p.logicalrelid AS oid, p.partmethod, p.repmodel, p.colocationid AS colocation, c.relispartition,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, n.nspname, c.relname,
    CASE WHEN p.partkey IS NOT NULL THEN pg_catalog.column_to_column_name(p.logicalrelid, p.partkey) END AS key
  FROM pg_catalog.pg_dist_partition p
  JOIN pg_catalog.pg_class c ON c.oid = p.logicalrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT (p.partmethod = 'n' AND p.repmodel <> 't' AND p.colocationid = 0)
    AND p.colocationid NOT IN (SELECT s.colocationid FROM {schemas} AS s)
), declared AS (
  SELECT m.*,
    CASE WHEN m.partmethod = 'n' AND m.repmodel = 't' THEN 'reference'
      ELSE CASE m.partmethod WHEN 'a' THEN 'append' WHEN 'r' THEN 'range' ELSE 'hash' END END AS method,
    pg_catalog.min(m.name) FILTER (WHERE NOT m.relispartition) OVER (PARTITION BY m.colocation) AS first
  FROM member AS m
)
