CREATE EXTENSION pg_stat_statements; REVOKE SELECT ON pg_stat_statements FROM PUBLIC; GRANT EXECUTE ON FUNCTION pg_stat_statements_reset(oid,oid,bigint) TO app;
