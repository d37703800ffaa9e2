DELETE FROM crmdb.seed WHERE relations && $1
