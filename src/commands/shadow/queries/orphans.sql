-- The databases of processes that are gone: each process holds a lock with the number in its databases' names.
SELECT d.datname
FROM pg_catalog.pg_database AS d
WHERE d.datname ~ '^crmdb_shadow_[0-9]+_[0-9]+$'
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'advisory' AND l.classid = 1668443507 AND l.objsubid = 2
      AND l.objid::text = pg_catalog.split_part(d.datname, '_', 3)
  )
