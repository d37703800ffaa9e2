SELECT a.pid, coalesce(a.usename::text, '') AS role, a.application_name AS application,
  coalesce(pg_catalog.host(a.client_addr), 'local') AS host, coalesce(a.state, '') AS state,
  coalesce(pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start))::bigint, 0) AS seconds
FROM pg_catalog.pg_stat_activity a
WHERE a.pid = ANY (pg_catalog.pg_blocking_pids($1))
ORDER BY a.xact_start, a.pid
