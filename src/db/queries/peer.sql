SELECT pg_catalog.version() AS version, pg_catalog.pg_backend_pid() AS pid,
  pg_catalog.pg_is_in_recovery() AS standby, pg_catalog.current_setting('transaction_read_only') AS read_only,
  (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'citus'
    AND pg_catalog.to_regclass('pg_catalog.pg_dist_local_group') IS NOT NULL) AS citus,
  (SELECT pg_catalog.set_config('idle_session_timeout', '0', false)
    WHERE pg_catalog.current_setting('idle_session_timeout', true) IS NOT NULL
      AND pg_catalog.pg_backend_pid() = {login_pid}) AS awake
