UPDATE crmdb.rescue_item SET restored_at = pg_catalog.clock_timestamp() WHERE rescue = {id} AND ordinal = {ordinal}
