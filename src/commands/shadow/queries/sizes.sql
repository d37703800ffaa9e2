-- The kept results of replays with their bytes, the one that was used last first. One that is dropped meanwhile has none.
SELECT pg_catalog.json_build_object('name', d.datname, 'bytes', coalesce(pg_catalog.pg_database_size(d.oid), 0))
FROM pg_catalog.pg_database AS d
WHERE d.datname ~ '^crmdb_template_[0-9a-f]{40}$'
ORDER BY pg_catalog.shobj_description(d.oid, 'pg_database') DESC NULLS LAST
