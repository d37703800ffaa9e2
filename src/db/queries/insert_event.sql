INSERT INTO crmdb.event (kind, outcome, module, schema, version, file, checksum, client, tool_version, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
