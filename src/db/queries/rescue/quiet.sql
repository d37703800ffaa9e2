
DECLARE
  part record;
BEGIN
  FOR part IN
    WITH home AS (SELECT {table_literal}::pg_catalog.regclass AS oid UNION SELECT t.relid FROM pg_catalog.pg_partition_tree({table_literal}) AS t)
    INSERT INTO pg_temp.crmdb_quiet
    SELECT g.tgrelid, 'TRIGGER', g.tgname, g.tgenabled FROM pg_catalog.pg_trigger AS g JOIN home ON home.oid = g.tgrelid
    WHERE NOT g.tgisinternal AND g.tgconstraint = 0 AND g.tgenabled <> 'D'
    UNION ALL
    SELECT w.ev_class, 'RULE', w.rulename, w.ev_enabled FROM pg_catalog.pg_rewrite AS w JOIN home ON home.oid = w.ev_class
    WHERE w.ev_type IN ('2', '3') AND w.ev_enabled <> 'D'
    RETURNING home::pg_catalog.regclass AS home, kind, name
  LOOP
    EXECUTE pg_catalog.format('ALTER TABLE ONLY %s DISABLE %s %I', part.home, part.kind, part.name);
  END LOOP;
END
