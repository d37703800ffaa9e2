-- Takes away the stand-ins that the migration made, known by the mark in their comments.
-- What Supabase Auth owns carries no such mark and stays.

DO $rollback$
DECLARE
  home CONSTANT name := (parse_ident(current_setting('search_path'), false))[1];
  stand_in CONSTANT text := '[crmdb stand-in]';
BEGIN
  IF EXISTS (
    SELECT
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = home AND p.proname = 'uid' AND p.pronargs = 0
      AND starts_with(obj_description(p.oid, 'pg_proc'), stand_in)
  ) THEN
    EXECUTE format('DROP FUNCTION %I.uid()', home);
  END IF;

  IF EXISTS (
    SELECT
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = home AND c.relname = 'users' AND c.relkind = 'r'
      AND starts_with(obj_description(c.oid, 'pg_class'), stand_in)
  ) THEN
    EXECUTE format('DROP TABLE %I.users', home);
  END IF;
END
$rollback$;
