SELECT last_key, bound, batches, rows, changed FROM crmdb.batch WHERE module = $1 AND schema = $2
