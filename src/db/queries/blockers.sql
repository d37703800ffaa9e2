WITH blocking AS (
  SELECT pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS pid
  WHERE pid NOT IN (pg_catalog.pg_backend_pid(), $2)
), waiting AS (
  SELECT * FROM pg_catalog.pg_locks WHERE pid = $1 AND NOT granted
), prepared AS (
  -- No process has them; what they hold is under the virtual transaction that holds their own number.
  SELECT p.gid, p.owner, p.prepared, own.virtualtransaction
  FROM pg_catalog.pg_prepared_xacts p
  JOIN pg_catalog.pg_locks own ON own.locktype = 'transactionid' AND own.transactionid = p.transaction
    AND own.pid IS NULL AND own.granted
  WHERE p.database = pg_catalog.current_database()
)
SELECT a.pid, coalesce(a.usename::text, '') AS role, a.application_name AS application,
  coalesce(pg_catalog.host(a.client_addr), 'local') AS host, coalesce(a.state, '') AS state,
  coalesce(pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start))::bigint, 0) AS seconds,
  NULL::text AS prepared
FROM pg_catalog.pg_stat_activity a
WHERE a.pid IN (SELECT pid FROM blocking)
UNION ALL
SELECT 0, p.owner::text, '', '', '',
  pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared))::bigint, p.gid
FROM prepared p
WHERE 0 IN (SELECT pid FROM blocking)
  AND EXISTS (SELECT FROM pg_catalog.pg_locks held JOIN waiting w ON w.locktype = held.locktype
      AND w.database IS NOT DISTINCT FROM held.database AND w.relation IS NOT DISTINCT FROM held.relation
      AND w.transactionid IS NOT DISTINCT FROM held.transactionid AND w.virtualxid IS NOT DISTINCT FROM held.virtualxid
    WHERE held.granted AND held.pid IS NULL AND held.virtualtransaction = p.virtualtransaction)
ORDER BY seconds DESC, pid
