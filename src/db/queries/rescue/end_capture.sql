
DECLARE
  part record;
BEGIN
  SET CONSTRAINTS ALL IMMEDIATE;
  FOR part IN
    SELECT g.tgname AS name, g.tgrelid::pg_catalog.regclass AS home, g.tgenabled AS enabled FROM pg_catalog.pg_trigger AS g
    JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = {schema_literal} AND p.proname = {name_literal}
  LOOP
    IF part.enabled <> 'A' THEN
      RAISE EXCEPTION 'the migration turns the triggers of % off and on', part.home;
    END IF;
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', part.name, part.home);
  END LOOP;
  DROP FUNCTION {place}();
END
