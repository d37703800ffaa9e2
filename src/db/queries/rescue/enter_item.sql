INSERT INTO crmdb.rescue_item (rescue, ordinal, migration, place, way, rows, bytes, keep, sequences, home, xid)
VALUES ({id}, {ordinal}, {migration}, {place}, {way}, {rows}, 0, {keep}, pg_catalog.jsonb_build_array({sequences}),
  {home}::pg_catalog.regclass, pg_catalog.pg_current_xact_id()::xid)
