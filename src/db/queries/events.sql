SELECT id, at, kind, outcome, module, schema, version, file, duration_ms, role, client,
  pg_catalog.host(address) AS address, tool_version, detail
FROM crmdb.event
WHERE pg_catalog.cardinality($2) = 0 OR module = ANY ($2)
ORDER BY at DESC, id DESC
LIMIT $1
