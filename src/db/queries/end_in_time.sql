SELECT pg_catalog.set_config('statement_timeout', '{left}', false) FROM pg_catalog.pg_settings
WHERE name = 'statement_timeout' AND setting::bigint NOT BETWEEN 1 AND {left}
