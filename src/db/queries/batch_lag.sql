SELECT pg_catalog.pg_wal_lsn_diff(here, '0/0')::bigint AS written,
  pg_catalog.pg_wal_lsn_diff(replay_lsn, '0/0')::bigint AS replayed,
  CASE WHEN replay_lsn < here THEN coalesce(extract(epoch FROM replay_lag), 0) ELSE 0 END::float8 AS seconds,
  pg_catalog.format('`%s` (%s)', application_name, coalesce(client_addr::text, 'local')) AS standby,
  -- Who is no member of pg_monitor is shown the sessions alone.
  EXISTS (SELECT FROM pg_catalog.pg_stat_replication WHERE state IS NULL) AS hidden
FROM pg_catalog.pg_current_wal_lsn() AS here
LEFT JOIN (
  SELECT replay_lsn, replay_lag, application_name, client_addr FROM pg_catalog.pg_stat_replication
  WHERE replay_lsn IS NOT NULL ORDER BY replay_lsn LIMIT 1
) AS slowest ON true
