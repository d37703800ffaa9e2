SELECT rescue, ordinal, place, way, rows, bytes, keep, sequences, home, xid::text AS xid, restored_at FROM crmdb.rescue_item ORDER BY rescue, ordinal
