UPDATE crmdb.batch SET last_key = $3, batches = $4, rows = $5, changed = $6 WHERE module = $1 AND schema = $2
