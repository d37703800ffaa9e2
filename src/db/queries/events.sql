SELECT id, at, kind, outcome, module, schema, version, file, duration_ms, role, client,
  pg_catalog.host(address) AS address, tool_version, detail
FROM crmdb.event
WHERE $2 IS NULL OR module = $2
ORDER BY id DESC
LIMIT $1
