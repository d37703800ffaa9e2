-- The kept results of replays, the one that was used last first.
SELECT pg_catalog.json_build_object(
  'name', d.datname,
  'note', coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), ''))
FROM pg_catalog.pg_database AS d
WHERE d.datname ~ '^crmdb_template_[0-9a-f]{40}$'
ORDER BY pg_catalog.shobj_description(d.oid, 'pg_database') DESC NULLS LAST
