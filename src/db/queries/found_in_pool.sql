SELECT pg_catalog.jsonb_object_agg(name, setting)::text AS settings, pg_catalog.current_setting('role') AS role,
  session_user AS user
FROM pg_catalog.pg_settings
WHERE context IN ('user', 'superuser') AND name NOT LIKE 'transaction\_%' AND name NOT LIKE 'crmdb.%'
