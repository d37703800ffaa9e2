SELECT 1 / pg_catalog.count(*) AS still_at_work FROM (SELECT FROM crmdb.run WHERE token = {token} FOR SHARE) AS mine
