CREATE TEMP TABLE crmdb_bound ON COMMIT DROP AS SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::xid AS x;
CREATE TEMP TABLE crmdb_known ON COMMIT DROP AS
SELECT m.xmin AS x FROM crmdb.migration AS m WHERE m.applied_at >= {made_at}::timestamptz
UNION SELECT i.xid FROM crmdb.rescue_item AS i WHERE i.rescue = {id}
UNION SELECT pg_catalog.pg_current_xact_id()::xid;
CREATE TEMP TABLE crmdb_quiet (home oid, kind text, name name, state "char") ON COMMIT DROP
