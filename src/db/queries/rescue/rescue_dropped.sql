UPDATE crmdb.rescue SET dropped_at = pg_catalog.clock_timestamp() WHERE id = {id}
