SELECT coalesce(extract(epoch FROM pg_catalog.max(replay_lag))::float8, 0) AS seconds,
  pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0')::bigint AS written,
  pg_catalog.min(pg_catalog.pg_wal_lsn_diff(replay_lsn, '0/0'))::bigint AS replayed
FROM pg_catalog.pg_stat_replication
