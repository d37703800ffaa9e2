SELECT pg_catalog.set_config(name, reset_val, true) FROM pg_catalog.pg_settings
WHERE source = 'session' AND context = 'user' AND setting IS DISTINCT FROM reset_val
  AND name NOT LIKE 'transaction\_%' AND name NOT LIKE 'crmdb.%'
  AND pg_catalog.lower(name) NOT IN
    ('application_name', 'client_encoding', 'datestyle', 'intervalstyle', 'standard_conforming_strings', 'timezone')
