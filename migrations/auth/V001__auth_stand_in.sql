-- A stand-in for Supabase Auth: the users table and the uid() function, each made only where the schema has none.
-- On a Supabase database both exist, and this changes nothing and reads nothing but the catalog.

DO $migration$
DECLARE
  -- current_schema() passes over a schema that this role may not use, and would then answer with another one.
  home CONSTANT name := (parse_ident(current_setting('search_path'), false))[1];
  has_users CONSTANT boolean := EXISTS (
    SELECT
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = home AND c.relname = 'users' AND c.relkind IN ('r', 'p', 'v', 'f')
  );
  has_uid CONSTANT boolean := EXISTS (
    SELECT
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = home AND p.proname = 'uid' AND p.pronargs = 0
  );
BEGIN
  IF has_users AND has_uid THEN
    RETURN;
  END IF;

  IF current_schema() IS DISTINCT FROM home THEN
    RAISE insufficient_privilege USING
      MESSAGE = format('schema %I lacks the users table or the uid() function, and role %I may not use it',
        home, current_user),
      HINT = format('grant USAGE and CREATE on schema %I, or let its owner make what is missing', home);
  END IF;

  IF NOT has_users THEN
    CREATE TABLE users (
      id uuid NOT NULL DEFAULT gen_random_uuid(),
      email varchar(255),
      raw_user_meta_data jsonb,
      created_at timestamptz DEFAULT now(),
      updated_at timestamptz DEFAULT now(),
      CONSTRAINT users_pkey PRIMARY KEY (id),
      CONSTRAINT users_email_key UNIQUE (email)
    );
    -- The rollback drops what carries this mark, and nothing else.
    COMMENT ON TABLE users IS '[crmdb stand-in] User accounts, in place of the table that Supabase Auth owns.';
    COMMENT ON COLUMN users.id IS 'The subject (sub) of the JSON web tokens issued to this user.';
    COMMENT ON COLUMN users.raw_user_meta_data IS 'What the user may edit: display name, avatar and the like.';
  END IF;

  IF NOT has_uid THEN
    CREATE FUNCTION uid() RETURNS uuid
      LANGUAGE sql STABLE PARALLEL SAFE
      RETURN coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
      )::uuid;
    COMMENT ON FUNCTION uid() IS
      '[crmdb stand-in] The user of this request: request.jwt.claim.sub, else sub in request.jwt.claims, else null.';
  END IF;
END
$migration$;
