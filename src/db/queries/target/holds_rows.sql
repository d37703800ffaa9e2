SELECT pg_catalog.bool_or(pg_catalog.pg_relation_size(c.oid) > 0) AS rows
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_catalog|information_schema|crmdb|crmdb_rescue_[0-9]+)$'
