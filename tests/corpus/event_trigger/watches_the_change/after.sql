CREATE TABLE t (a int, z int);
CREATE TABLE new_name (b int, c text);
GRANT SELECT ON t TO PUBLIC;
CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no %', tg_tag; END $$;
CREATE EVENT TRIGGER comes ON ddl_command_start EXECUTE FUNCTION no();
