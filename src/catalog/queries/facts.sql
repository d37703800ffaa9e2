-- How large a relation and each of its indexes is, with all partitions; -1 rows where nobody has counted yet.
SELECT c.relname::text AS name, c.reltuples::int8 AS rows,
       coalesce((SELECT sum(pg_total_relation_size(t.relid))::int8 FROM pg_partition_tree(c.oid) t),
                pg_total_relation_size(c.oid)) AS bytes
FROM pg_catalog.pg_class r
JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = r.oid
JOIN pg_catalog.pg_class c ON c.oid IN (r.oid, i.indexrelid)
WHERE n.nspname = $1 AND r.relname = $2
