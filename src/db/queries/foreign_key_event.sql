INSERT INTO crmdb.event (kind, outcome, module, schema, client, tool_version, detail)
VALUES ('foreign-key', 'failed', $1, $2, $3, $4, $5)
