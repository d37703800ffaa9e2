SELECT pg_catalog.set_config(f.key, f.value, true)
FROM (SELECT * FROM pg_catalog.jsonb_each_text(pg_catalog.current_setting('crmdb.found')::jsonb) AS e (key, value)
  ORDER BY e.key <> 'session_authorization', e.key <> 'role' OFFSET 0) AS f
