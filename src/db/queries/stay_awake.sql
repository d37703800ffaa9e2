-- Not from pg_settings: that makes a row of every setting there is first.
SELECT pg_catalog.set_config('idle_session_timeout', '0', false)
WHERE pg_catalog.current_setting('idle_session_timeout', true) IS NOT NULL
