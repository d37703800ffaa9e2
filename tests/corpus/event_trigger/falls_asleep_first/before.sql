CREATE TABLE t (a int);
CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no %', tg_tag; END $$;
CREATE EVENT TRIGGER a ON ddl_command_start EXECUTE FUNCTION no();
