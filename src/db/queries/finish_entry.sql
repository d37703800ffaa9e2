UPDATE crmdb.journal SET finished_at = pg_catalog.clock_timestamp() WHERE module = $1 AND schema = $2 AND ordinal = $3
