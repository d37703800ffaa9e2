
DECLARE
  item record;
  held oid;
  number bigint;
BEGIN
  FOR item IN
    SELECT i.ordinal, i.place, i.way, i.rows FROM crmdb.rescue_item AS i
    WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last}
  LOOP
    held := pg_catalog.to_regclass(pg_catalog.format('%I.%I', {schema_literal}, item.place));
    number := item.rows;
    IF held IS NOT NULL AND item.way <> 'move' THEN
      EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM %s', held::pg_catalog.regclass) INTO number;
      IF number = 0 THEN
        EXECUTE pg_catalog.format('DROP TABLE %s', held::pg_catalog.regclass);
        held := NULL;
      END IF;
    ELSIF held IS NOT NULL AND number < 0 THEN
      SELECT greatest(0, c.reltuples)::bigint INTO number FROM pg_catalog.pg_class AS c WHERE c.oid = held;
    END IF;
    IF held IS NULL THEN
      DELETE FROM crmdb.rescue_item AS i WHERE i.rescue = {id} AND i.ordinal = item.ordinal;
    ELSE
      UPDATE crmdb.rescue_item AS i SET rows = number, bytes = pg_catalog.pg_total_relation_size(held)
      WHERE i.rescue = {id} AND i.ordinal = item.ordinal;
    END IF;
  END LOOP;
  IF NOT EXISTS (SELECT FROM crmdb.rescue_item AS i WHERE i.rescue = {id}) THEN
    DELETE FROM crmdb.rescue AS r WHERE r.id = {id};
    DROP SCHEMA {schema};
  ELSIF EXISTS (SELECT FROM crmdb.rescue_item AS i WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last}) THEN
    INSERT INTO crmdb.event (kind, outcome, module, schema, version, file, client, tool_version, detail)
    SELECT 'rescue', 'done', {module}, {of_schema}, {version}, {file}, {client}, {tool_version},
      pg_catalog.format('%s keeps %s row%s of %s', {schema_literal}, pg_catalog.sum(i.rows), CASE pg_catalog.sum(i.rows) WHEN 1 THEN '' ELSE 's' END,
        pg_catalog.string_agg(i.place, ', ' ORDER BY i.ordinal))
    FROM crmdb.rescue_item AS i WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last};
  END IF;
END
