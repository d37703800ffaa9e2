SET LOCAL synchronous_commit = off;
WITH held AS (
  SELECT objid FROM pg_catalog.pg_locks
  WHERE locktype = 'advisory' AND granted AND classid = 1668443492 AND objsubid = 2
    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
)
SELECT ((SELECT pg_catalog.count(*) = 0 FROM (SELECT FROM crmdb.run FOR NO KEY UPDATE SKIP LOCKED) AS run)
    OR EXISTS (SELECT FROM held WHERE objid = 2))
  AND NOT EXISTS (SELECT FROM held WHERE objid = 1)
