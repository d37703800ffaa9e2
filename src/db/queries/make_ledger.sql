SET LOCAL lock_timeout = 0;
SELECT pg_catalog.pg_advisory_xact_lock(1668443492, 3);
SELECT 1 / pg_catalog.count(*) AS still_at_work FROM pg_catalog.pg_locks
WHERE locktype = 'advisory' AND granted AND classid = 1668443492 AND objid = 1 AND objsubid = 2 AND pid = {lock_pid}
