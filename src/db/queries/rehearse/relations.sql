SELECT l.relation, coalesce(c.relfilenode, 0) AS file, coalesce(pg_catalog.pg_stat_get_xact_numscans(c.oid), 0) AS scans,
  pg_catalog.array_agg(l.mode) AS modes, c.oid IS NULL AS dropped,
  (SELECT pg_catalog.count(*) FROM pg_catalog.pg_index i WHERE i.indrelid = l.relation) AS indexes
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
WHERE l.locktype = 'relation' AND l.granted AND l.pid = pg_catalog.pg_backend_pid() AND l.relation >= 16384
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
GROUP BY l.relation, c.oid, c.relfilenode
