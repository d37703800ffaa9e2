SELECT up_sql FROM crmdb.migration WHERE position = $1
