
BEGIN
  UPDATE crmdb.rescue_item AS i SET place = w.file, rows = w.rows, bytes = w.bytes, checksum = w.sha256
  FROM pg_catalog.jsonb_to_recordset(pg_catalog.current_setting('crmdb.written')::jsonb) AS w (ordinal integer, file text, rows bigint, bytes bigint, sha256 text)
  WHERE i.rescue = {id} AND i.ordinal = w.ordinal;
  DELETE FROM crmdb.rescue_item AS i WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last} AND i.checksum IS NULL;
  IF NOT EXISTS (SELECT FROM crmdb.rescue_item AS i WHERE i.rescue = {id}) THEN
    DELETE FROM crmdb.rescue AS r WHERE r.id = {id};
  ELSIF EXISTS (SELECT FROM crmdb.rescue_item AS i WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last}) THEN
    INSERT INTO crmdb.event (kind, outcome, module, schema, version, file, client, tool_version, detail)
    SELECT 'rescue', 'done', {module}, {of_schema}, {version}, {file}, {client}, {tool_version},
      pg_catalog.format('%s keeps %s row%s in %s', {place}, pg_catalog.sum(i.rows), CASE pg_catalog.sum(i.rows) WHEN 1 THEN '' ELSE 's' END,
        pg_catalog.string_agg(i.place, ', ' ORDER BY i.ordinal))
    FROM crmdb.rescue_item AS i WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last};
  END IF;
END
