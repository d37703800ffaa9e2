
DECLARE
  item record;
  held oid;
  number bigint;
BEGIN
  FOR item IN
    SELECT i.ordinal, i.place, i.way, i.rows FROM crmdb.rescue_item AS i
    WHERE i.rescue = {id} AND i.ordinal BETWEEN {first} AND {last}
  LOOP
    held := pg_catalog.to_regclass(pg_catalog.format('%I.%I', {place}, item.place));
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
