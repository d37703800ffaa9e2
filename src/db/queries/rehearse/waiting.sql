SELECT l.relation, l.mode
FROM pg_catalog.pg_locks l
WHERE l.locktype = 'relation' AND l.relation >= 16384 AND l.pid = $1
  AND EXISTS (SELECT FROM pg_catalog.pg_locks w WHERE w.pid = $1 AND NOT w.granted)
