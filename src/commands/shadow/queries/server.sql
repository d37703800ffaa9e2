-- Major version, full version, whether databases may be made, whether everything may, and what tells this database
-- from every other one.
SELECT pg_catalog.json_build_object(
  'major', pg_catalog.current_setting('server_version_num')::integer / 10000,
  'version', pg_catalog.current_setting('server_version'),
  'makes_databases', r.rolcreatedb OR r.rolsuper,
  'superuser', r.rolsuper,
  'identity', pg_catalog.concat_ws(' ', pg_catalog.pg_postmaster_start_time(), d.oid))
FROM pg_catalog.pg_roles AS r, pg_catalog.pg_database AS d
WHERE r.rolname = current_user AND d.datname = pg_catalog.current_database()
