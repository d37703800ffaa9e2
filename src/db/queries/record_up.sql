SELECT crmdb.record_up($1, $2, $3, $4, $5, $6, $7, $8, $9, $11, $10, $12)
