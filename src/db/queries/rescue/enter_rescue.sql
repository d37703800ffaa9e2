INSERT INTO crmdb.rescue (id, place, folder, host, direction, client, tool_version, reason, keep_until)
VALUES ({id}, {place}, {folder}, {host}, {direction}, {client}, {tool_version}, {reason},
  pg_catalog.clock_timestamp() + pg_catalog.make_interval(hours => {hours}))
ON CONFLICT ON CONSTRAINT rescue_pkey DO NOTHING
