CREATE TABLE t (a int);
CREATE TABLE old_name (b int, c text);
CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no %', tg_tag; END $$;
CREATE EVENT TRIGGER gone ON ddl_command_start EXECUTE FUNCTION no();
ALTER EVENT TRIGGER gone ENABLE ALWAYS;
