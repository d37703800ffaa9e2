SELECT c.oid, c.relfilenode, pg_catalog.pg_stat_get_xact_numscans(c.oid)
FROM pg_catalog.pg_class c
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm', 'i', 'I', 'S', 'v', 'f')
