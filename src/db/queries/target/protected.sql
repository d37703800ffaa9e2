SELECT coalesce(pg_catalog.current_setting('crmdb.protected', true), 'off')
