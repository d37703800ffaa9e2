-- Sign-ins for development, in the stand-in only: the users of a real Supabase Auth are its own affair.

DO $seed$
DECLARE
  home CONSTANT name := (parse_ident(current_setting('search_path'), false))[1];
BEGIN
  IF EXISTS (
    SELECT
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = home AND n.nspname = current_schema() AND c.relname = 'users'
      AND starts_with(obj_description(c.oid, 'pg_class'), '[crmdb stand-in]')
  ) THEN
    INSERT INTO users (id, email, raw_user_meta_data, created_at, updated_at) VALUES
      ('a0000000-0000-4000-8000-000000000001', 'owner@example.com', '{"name": "Olivia Owner"}',
        '2025-01-08 09:00:00+00', '2025-01-08 09:00:00+00'),
      ('a0000000-0000-4000-8000-000000000002', 'agent@example.com', '{"name": "Adam Agent"}',
        '2025-01-08 09:05:00+00', '2025-01-08 09:05:00+00'),
      ('a0000000-0000-4000-8000-000000000003', 'support@example.com', '{"name": "Sara Support"}',
        '2025-01-08 09:10:00+00', '2025-01-08 09:10:00+00')
    ON CONFLICT DO NOTHING;
  END IF;
END
$seed$;
