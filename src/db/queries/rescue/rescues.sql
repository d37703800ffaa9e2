SELECT id, place, made_at, made_by, reason, keep_until, restored_at, dropped_at FROM crmdb.rescue ORDER BY id DESC
