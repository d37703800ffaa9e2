BEGIN;
-- Those that the server knows; not from pg_settings, which makes a row of every setting there is first.
SELECT pg_catalog.set_config(name, '0', true)
FROM (VALUES ('idle_in_transaction_session_timeout'), ('idle_session_timeout'), ('transaction_timeout'), ('statement_timeout')) AS s (name)
WHERE pg_catalog.current_setting(name, true) IS NOT NULL
