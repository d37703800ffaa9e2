UPDATE crmdb.rescue AS r SET restored_at = pg_catalog.clock_timestamp()
WHERE r.id = {id} AND NOT EXISTS (SELECT FROM crmdb.rescue_item AS i WHERE i.rescue = r.id AND i.restored_at IS NULL)
