DELETE FROM crmdb.seed WHERE module = $1 AND schema = $2 AND profile = $3 AND file = $4
