SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
  WHERE locktype = 'advisory' AND classid = 1668443492 AND objid = 2 AND objsubid = 2 AND granted
    AND pid = pg_catalog.pg_backend_pid())
