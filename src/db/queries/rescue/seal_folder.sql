
BEGIN
  UPDATE crmdb.rescue_item AS i SET place = w.file, rows = w.rows, bytes = w.bytes, checksum = w.sha256
  FROM pg_catalog.jsonb_to_recordset(pg_catalog.current_setting('crmdb.written')::jsonb) AS w (ordinal integer, file text, rows bigint, bytes bigint, sha256 text)
  WHERE i.rescue = {id} AND i.ordinal = w.ordinal;
  DELETE FROM crmdb.rescue_item AS i WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last} AND i.checksum IS NULL;
  IF NOT EXISTS (SELECT FROM crmdb.rescue_item AS i WHERE i.rescue = {id}) THEN
    DELETE FROM crmdb.rescue AS r WHERE r.id = {id};
