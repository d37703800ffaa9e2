SELECT EXISTS (SELECT FROM crmdb.migration WHERE module = $1 AND schema = $2 AND version = $3) AS applied,
  u.version, u.direction, j.ordinal, j.checksum, j.finished_at IS NOT NULL AS finished
FROM (VALUES (1)) AS one
LEFT JOIN crmdb.unfinished u ON u.module = $1 AND u.schema = $2
LEFT JOIN crmdb.journal j ON j.module = u.module AND j.schema = u.schema
ORDER BY j.ordinal
