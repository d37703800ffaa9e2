SELECT pg_catalog.pg_try_advisory_xact_lock(1668443492, 1) AS taken, pg_catalog.pg_backend_pid() AS pid
