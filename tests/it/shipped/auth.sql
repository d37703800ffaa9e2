-- The stand-in for Supabase Auth, on a database that has none. Read from the catalog,
-- under whatever schema name comes first in the search path.
-- The tables.
-- expect: users
SELECT string_agg(relname, ', ' ORDER BY relname COLLATE "C")
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p');

-- The columns of users, in order.
-- expect: id uuid not null default gen_random_uuid(), email character varying(255), raw_user_meta_data jsonb, created_at timestamp with time zone default now(), updated_at timestamp with time zone default now()
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'users'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- Primary key and unique constraint.
-- expect: users.users_email_key UNIQUE (email); users.users_pkey PRIMARY KEY (id)
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('p', 'u');

-- The stand-ins carry the mark that lets the rollback know them.
-- expect: [crmdb stand-in] and [crmdb stand-in]
SELECT concat_ws(' and ', substring(obj_description('users'::regclass, 'pg_class') FROM '^\[crmdb stand-in\]'),
  substring(obj_description('uid()'::regprocedure, 'pg_proc') FROM '^\[crmdb stand-in\]'));

-- The functions.
-- expect: uid() returns uuid sql stable
SELECT coalesce(string_agg(concat_ws(' ', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', 'returns',
    pg_get_function_result(p.oid), l.lanname, CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
    CASE WHEN p.prosecdef THEN 'security definer' END, 'set ' || array_to_string(p.proconfig, ' ')), '; '
  ORDER BY p.proname COLLATE "C"), 'none')
FROM pg_proc AS p
JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = quote_ident(current_schema())::regnamespace;

-- The user comes from request.jwt.claim.sub.
-- expect: a0000000-0000-4000-8000-000000000001
SELECT uid()::text
FROM (SELECT set_config('request.jwt.claim.sub', 'a0000000-0000-4000-8000-000000000001', false) OFFSET 0) AS claim;

-- An empty claim is nobody.
-- expect: nobody
SELECT coalesce(uid()::text, 'nobody')
FROM (SELECT set_config('request.jwt.claim.sub', '', false) OFFSET 0) AS claim;

-- No table lacks a comment.
-- expect: none
SELECT coalesce(string_agg(relname, ', ' ORDER BY relname COLLATE "C"), 'none')
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p')
  AND obj_description(oid, 'pg_class') IS NULL;
