UPDATE crmdb.migration
SET name = $2, file = $3, checksum = $4, rollback_checksum = $5, up_sql = $6, rollback_sql = $7
WHERE position = $1
