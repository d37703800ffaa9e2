SELECT id, place, pg_catalog.to_jsonb(r) ->> 'folder' AS folder, pg_catalog.to_jsonb(r) ->> 'host' AS host,
  made_at, made_by, reason, keep_until, restored_at, dropped_at FROM crmdb.rescue AS r ORDER BY id DESC
