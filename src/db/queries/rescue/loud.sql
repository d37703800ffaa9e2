
DECLARE
  part record;
BEGIN
  FOR part IN SELECT q.home::pg_catalog.regclass AS home, q.kind, q.name, q.state FROM pg_temp.crmdb_quiet AS q LOOP
    EXECUTE pg_catalog.format('ALTER TABLE ONLY %s ENABLE %s%s %I', part.home,
      CASE part.state WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, part.kind, part.name);
  END LOOP;
END
