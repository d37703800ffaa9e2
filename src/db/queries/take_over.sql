SET LOCAL synchronous_commit = off;
UPDATE crmdb.run SET token = token + 1
WHERE one IN (SELECT one FROM crmdb.run FOR NO KEY UPDATE SKIP LOCKED)
  AND pg_catalog.pg_try_advisory_xact_lock(1668443492, 2)
RETURNING token
