-- The end of seal.sql and of seal_folder.sql: what is kept by now goes to the event log.
  ELSIF EXISTS (SELECT FROM crmdb.rescue_item AS i WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last}) THEN
    INSERT INTO crmdb.event (kind, outcome, module, schema, version, file, client, tool_version, detail)
    SELECT 'rescue', 'done', {module}, {of_schema}, {version}, {file}, {client}, {tool_version},
      pg_catalog.format('%s keeps %s row%s {of} %s', {place}, pg_catalog.sum(i.rows), CASE pg_catalog.sum(i.rows) WHEN 1 THEN '' ELSE 's' END,
        pg_catalog.string_agg(i.place, ', ' ORDER BY i.ordinal))
    FROM crmdb.rescue_item AS i WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last};
  END IF;
END
