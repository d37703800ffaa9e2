INSERT INTO crmdb.rescue_restore (rescue, first, last) SELECT {id}, k.x, k.x FROM (SELECT pg_catalog.pg_current_xact_id()::xid AS x) AS k;
SAVEPOINT crmdb_last;
INSERT INTO crmdb.rescue_restore (rescue, first, last) SELECT {id}, b.x, b.x FROM pg_temp.crmdb_bound AS b;
UPDATE crmdb.rescue_restore AS r SET last = r.xmin FROM pg_temp.crmdb_bound AS b WHERE r.rescue = {id} AND r.first = b.x;
RELEASE SAVEPOINT crmdb_last
