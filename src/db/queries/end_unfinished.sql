DELETE FROM crmdb.unfinished WHERE module = $1 AND schema = $2
