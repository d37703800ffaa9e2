-- What this session has locked so that others wait, beyond the throw-away schemas and the system catalogs.
SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_class c ON c.oid = l.relation
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.mode <> 'AccessShareLock'
  AND n.nspname NOT IN ('pg_catalog', 'pg_toast') AND n.nspname !~ '^crmdb_shadow_'
ORDER BY 1
