INSERT INTO crmdb.event
  (kind, outcome, module, schema, file, checksum, client, tool_version, duration_ms, detail)
VALUES ('seed', $1, $2, $3, $4, $5, $6, $7, $8, $9)
