SELECT extract(epoch FROM pg_catalog.max(replay_lag))::float8 AS seconds FROM pg_catalog.pg_stat_replication
