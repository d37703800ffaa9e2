WITH gone AS (
  DELETE FROM crmdb.foreign_key WHERE schema = {schema} AND table_name = {table} AND name = {name}
  RETURNING module, schema
)
INSERT INTO crmdb.event (kind, outcome, module, schema, client, tool_version, detail)
SELECT 'foreign-key', 'done', module, schema, {client}, {tool_version}, {detail} FROM gone
