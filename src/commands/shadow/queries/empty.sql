-- Empties the database of everything that is not PostgreSQL's own, and leaves a mark that crmdb may do so again.
DO $empty$
DECLARE
  thing record;
BEGIN
  FOR thing IN SELECT evtname AS name FROM pg_catalog.pg_event_trigger LOOP
    EXECUTE pg_catalog.format('DROP EVENT TRIGGER %I', thing.name);
  END LOOP;
  FOR thing IN
    SELECT s.subname AS name FROM pg_catalog.pg_subscription AS s
    JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database()
  LOOP
    EXECUTE pg_catalog.format('ALTER SUBSCRIPTION %I DISABLE', thing.name);
    EXECUTE pg_catalog.format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', thing.name);
    EXECUTE pg_catalog.format('DROP SUBSCRIPTION %I', thing.name);
  END LOOP;
  FOR thing IN SELECT pubname AS name FROM pg_catalog.pg_publication LOOP
    EXECUTE pg_catalog.format('DROP PUBLICATION %I', thing.name);
  END LOOP;
  FOR thing IN SELECT extname AS name FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql' LOOP
    EXECUTE pg_catalog.format('DROP EXTENSION IF EXISTS %I CASCADE', thing.name);
  END LOOP;
  FOR thing IN SELECT fdwname AS name FROM pg_catalog.pg_foreign_data_wrapper LOOP
    EXECUTE pg_catalog.format('DROP FOREIGN DATA WRAPPER %I CASCADE', thing.name);
  END LOOP;
  FOR thing IN
    SELECT nspname AS name FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
  LOOP
    EXECUTE pg_catalog.format('DROP SCHEMA %I CASCADE', thing.name);
  END LOOP;
  FOR thing IN
    SELECT c.oid::pg_catalog.regclass AS name,
      CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
        WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind
    FROM pg_catalog.pg_class AS c
    WHERE c.relnamespace = 'public'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  LOOP
    IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = thing.name) THEN
      EXECUTE pg_catalog.format('DROP %s %s CASCADE', thing.kind, thing.name);
    END IF;
  END LOOP;
  FOR thing IN
    SELECT p.oid::pg_catalog.regprocedure AS name FROM pg_catalog.pg_proc AS p
    WHERE p.pronamespace = 'public'::pg_catalog.regnamespace
  LOOP
    IF EXISTS (SELECT FROM pg_catalog.pg_proc WHERE oid = thing.name) THEN
      EXECUTE pg_catalog.format('DROP ROUTINE %s CASCADE', thing.name);
    END IF;
  END LOOP;
  FOR thing IN
    SELECT t.oid::pg_catalog.regtype AS name FROM pg_catalog.pg_type AS t
    WHERE t.typnamespace = 'public'::pg_catalog.regnamespace AND t.typelem = 0
      AND (t.typtype <> 'c' OR EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = t.typrelid AND relkind = 'c'))
  LOOP
    IF EXISTS (SELECT FROM pg_catalog.pg_type WHERE oid = thing.name) THEN
      EXECUTE pg_catalog.format('DROP TYPE %s CASCADE', thing.name);
    END IF;
  END LOOP;
  CREATE SCHEMA crmdb;
  CREATE TABLE crmdb.shadow ();
  COMMENT ON TABLE crmdb.shadow IS 'Here crmdb may empty the database: it is the one of --shadow-url.';
END
$empty$
