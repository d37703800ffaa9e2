SELECT steps::text, catalog, server, made_at, blast::text
FROM crmdb.rehearsal
WHERE module = $1 AND schema = $2 AND version = $3
