SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_catalog.set_config(s.name, coalesce(f.settings ->> s.name, s.reset_val, ''), false)
FROM pg_catalog.pg_settings AS s, (SELECT {settings}::pg_catalog.jsonb AS settings) AS f
WHERE s.context IN ('user', 'superuser') AND s.name NOT LIKE 'transaction\_%' AND s.name NOT LIKE 'crmdb.%'
  AND s.setting IS DISTINCT FROM coalesce(f.settings ->> s.name, s.reset_val)
