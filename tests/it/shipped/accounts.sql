-- Customer accounts and contacts. Read from the catalog,
-- under whatever schema name comes first in the search path.
-- The tables.
-- expect: customer_accounts, customer_contacts
SELECT string_agg(relname, ', ' ORDER BY relname COLLATE "C")
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p');

-- The columns of customer_accounts, in order.
-- expect: id bigint not null identity always, company_name text not null, customer_type text not null, billing_address jsonb default '{}'::jsonb, service_address jsonb default '{}'::jsonb, account_notes text, tags text[] default '{}'::text[], created_at timestamp with time zone default now(), updated_at timestamp with time zone default now(), created_by uuid, updated_by uuid
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'customer_accounts'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of customer_contacts, in order.
-- expect: id bigint not null identity always, customer_account_id bigint not null, contact_name text not null, email text, phone text, role text, is_primary_contact boolean default false, contact_notes text, created_at timestamp with time zone default now(), updated_at timestamp with time zone default now(), created_by uuid, updated_by uuid
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'customer_contacts'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The secondary indexes: those that back no constraint.
-- expect: idx_customer_accounts_company_name customer_accounts USING gin (to_tsvector('english'::regconfig, company_name)); idx_customer_accounts_created_at customer_accounts USING btree (created_at DESC); idx_customer_accounts_created_by customer_accounts USING btree (created_by); idx_customer_accounts_customer_type customer_accounts USING btree (customer_type); idx_customer_accounts_tags customer_accounts USING gin (tags); idx_customer_accounts_updated_by customer_accounts USING btree (updated_by); idx_customer_contacts_account_id customer_contacts USING btree (customer_account_id); idx_customer_contacts_created_by customer_contacts USING btree (created_by); idx_customer_contacts_email customer_contacts USING btree (email); idx_customer_contacts_name customer_contacts USING gin (to_tsvector('english'::regconfig, contact_name)); idx_customer_contacts_primary unique customer_contacts USING btree (customer_account_id, is_primary_contact) WHERE (is_primary_contact = true); idx_customer_contacts_updated_by customer_contacts USING btree (updated_by)
SELECT string_agg(c.relname || CASE WHEN i.indisunique THEN ' unique ' ELSE ' ' END || t.relname
    || substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*'), '; ' ORDER BY c.relname COLLATE "C")
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- The eight indexes by which the application searches.
-- expect: 8
SELECT count(*)::text
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
  AND c.relname ~ '_(company_name|customer_type|created_at|tags|account_id|name|email|primary)$'
  AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- No index is invalid or not ready.
-- expect: none
SELECT coalesce(string_agg(c.relname, ', ' ORDER BY c.relname COLLATE "C"), 'none')
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT (i.indisvalid AND i.indisready);

-- Primary keys.
-- expect: customer_accounts.customer_accounts_pkey PRIMARY KEY (id); customer_contacts.customer_contacts_pkey PRIMARY KEY (id)
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('p');

-- Foreign keys.
-- expect: customer_accounts.customer_accounts_created_by_fkey FOREIGN KEY (created_by) REFERENCES auth.users(id); customer_accounts.customer_accounts_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES auth.users(id); customer_contacts.customer_contacts_created_by_fkey FOREIGN KEY (created_by) REFERENCES auth.users(id); customer_contacts.customer_contacts_customer_account_id_fkey FOREIGN KEY (customer_account_id) REFERENCES customer_accounts(id) ON DELETE CASCADE; customer_contacts.customer_contacts_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES auth.users(id)
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('f');

-- Checks.
-- expect: customer_accounts.customer_accounts_customer_type_check CHECK ((customer_type = ANY (ARRAY['Residential'::text, 'Commercial'::text])))
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('c');

-- No foreign key lacks an index that leads with its columns.
-- expect: none
SELECT coalesce(string_agg(k.conname, ', ' ORDER BY k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype = 'f'
  AND NOT EXISTS (
    SELECT
    FROM pg_index AS i
    WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
      AND (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
  );

-- The tables under row level security.
-- expect: customer_accounts, customer_contacts
SELECT coalesce(string_agg(relname || CASE WHEN relforcerowsecurity THEN ' forced' ELSE '' END, ', '
  ORDER BY relname COLLATE "C"), 'none')
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relrowsecurity;

-- The policies.
-- expect: customer_accounts select "Users can view their customer accounts" to public using; customer_accounts insert "Users can insert customer accounts" to public with check; customer_accounts update "Users can update their customer accounts" to public using; customer_accounts delete "Users can delete their customer accounts" to public using; customer_contacts select "Users can view contacts for their customer accounts" to public using; customer_contacts insert "Users can insert contacts for their customer accounts" to public with check; customer_contacts update "Users can update contacts for their customer accounts" to public using; customer_contacts delete "Users can delete contacts for their customer accounts" to public using
SELECT string_agg(concat_ws(' ', c.relname, CASE p.polcmd
      WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' WHEN '*' THEN 'all'
    END, quote_ident(p.polname), 'to ' || array_to_string(array_replace(p.polroles::regrole[]::text[], '-', 'public'), ' '),
    CASE WHEN p.polqual IS NOT NULL THEN 'using' END, CASE WHEN p.polwithcheck IS NOT NULL THEN 'with check' END), '; '
  ORDER BY c.relname COLLATE "C", array_position('{r,a,w,d}', p.polcmd::text))
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace;

-- What the policies on customer_accounts let through.
-- expect: Users can delete their customer accounts: (auth.uid() = created_by); Users can insert customer accounts: (auth.uid() = created_by); Users can update their customer accounts: ((auth.uid() = created_by) OR (auth.uid() = updated_by)); Users can view their customer accounts: ((auth.uid() = created_by) OR (auth.uid() = updated_by))
SELECT string_agg(concat_ws(' ', p.polname || ':', pg_get_expr(p.polqual, p.polrelid),
    pg_get_expr(p.polwithcheck, p.polrelid)), '; ' ORDER BY p.polname COLLATE "C")
FROM pg_policy AS p
WHERE p.polrelid = 'customer_accounts'::regclass;

-- Every policy asks auth.uid().
-- expect: 8
SELECT count(DISTINCT p.oid)::text
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
  AND d.refclassid = 'pg_proc'::regclass AND d.refobjid = 'auth.uid()'::regprocedure;

-- The triggers.
-- expect: none
SELECT coalesce(string_agg(c.relname || '.' || t.tgname || ' '
    || concat_ws(' ', CASE WHEN t.tgtype & 2 > 0 THEN 'before' ELSE 'after' END,
      CASE WHEN t.tgtype & 4 > 0 THEN 'insert' END, CASE WHEN t.tgtype & 8 > 0 THEN 'delete' END,
      CASE WHEN t.tgtype & 16 > 0 THEN 'update' END, CASE WHEN t.tgtype & 32 > 0 THEN 'truncate' END,
      CASE WHEN t.tgtype & 1 > 0 THEN 'row' ELSE 'statement' END, p.proname), '; '
  ORDER BY c.relname COLLATE "C", t.tgname COLLATE "C"), 'none')
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_proc AS p ON p.oid = t.tgfoid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT t.tgisinternal;

-- The functions.
-- expect: none
SELECT coalesce(string_agg(concat_ws(' ', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', 'returns',
    pg_get_function_result(p.oid), l.lanname, CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
    CASE WHEN p.prosecdef THEN 'security definer' END, 'set ' || array_to_string(p.proconfig, ' ')), '; '
  ORDER BY p.proname COLLATE "C"), 'none')
FROM pg_proc AS p
JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = quote_ident(current_schema())::regnamespace;

-- No table lacks a comment.
-- expect: none
SELECT coalesce(string_agg(relname, ', ' ORDER BY relname COLLATE "C"), 'none')
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p')
  AND obj_description(oid, 'pg_class') IS NULL;
