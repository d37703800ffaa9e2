WITH recorded AS (
  INSERT INTO crmdb.foreign_key (module, schema, table_name, name, constraint_name, definition, state, orphans,
    table_oid, target_oid)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (schema, table_name, name) DO UPDATE SET module = excluded.module,
    constraint_name = excluded.constraint_name, definition = excluded.definition, state = excluded.state,
    orphans = excluded.orphans, table_oid = excluded.table_oid, target_oid = excluded.target_oid,
    changed_at = pg_catalog.clock_timestamp()
)
INSERT INTO crmdb.event (kind, outcome, module, schema, client, tool_version, detail)
VALUES ('foreign-key', $11, $1, $2, $12, $13, $14)
