SELECT a.schema, a.name, l.mode, p.pid, coalesce(p.usename::text, '') AS role, p.application_name AS application,
  coalesce(pg_catalog.host(p.client_addr), 'local') AS host, coalesce(p.state, '') AS state,
  pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - p.xact_start))::bigint AS seconds
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS a (schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = a.name
JOIN pg_catalog.pg_locks l ON l.locktype = 'relation' AND l.relation = c.oid AND l.granted
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
JOIN pg_catalog.pg_stat_activity p ON p.pid = l.pid
WHERE l.pid <> pg_catalog.pg_backend_pid()
ORDER BY p.xact_start, p.pid
