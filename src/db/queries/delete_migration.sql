WITH gone AS (
  DELETE FROM crmdb.migration WHERE module = $1 AND schema = $2 AND version = $3 RETURNING 1
)
SELECT 1 / pg_catalog.count(*) AS still_applied FROM gone
