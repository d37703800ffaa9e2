-- The sales CRM: users, customers, pipeline, tasks, interactions and the audit log. Read from the catalog,
-- under whatever schema name comes first in the search path.
-- The tables.
-- expect: audit_logs, customers, interactions, lead_stages, leads, tasks, users
SELECT string_agg(relname, ', ' ORDER BY relname COLLATE "C")
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p');

-- The columns of users, in order.
-- expect: id integer not null default nextval('users_id_seq'::regclass), email character varying(255) not null, password_hash character varying(255) not null, name character varying(255) not null, role user_role default 'user'::user_role, is_active boolean default true, last_login timestamp without time zone, created_at timestamp without time zone default CURRENT_TIMESTAMP, updated_at timestamp without time zone default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'users'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of customers, in order.
-- expect: id integer not null default nextval('customers_id_seq'::regclass), name character varying(255) not null, email character varying(255), phone character varying(50), company character varying(255), website character varying(255), address text, city character varying(100), state character varying(100), country character varying(100), postal_code character varying(20), owner_id integer, status character varying(50) default 'active'::character varying, notes text, created_at timestamp without time zone default CURRENT_TIMESTAMP, updated_at timestamp without time zone default CURRENT_TIMESTAMP, industry character varying(100)
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'customers'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of lead_stages, in order.
-- expect: id integer not null default nextval('lead_stages_id_seq'::regclass), name character varying(100) not null, description text, order_index integer default 0, is_active boolean default true, created_at timestamp without time zone default CURRENT_TIMESTAMP, updated_at timestamp without time zone default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'lead_stages'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of leads, in order.
-- expect: id integer not null default nextval('leads_id_seq'::regclass), title character varying(255) not null, description text, amount numeric(15,2), currency character varying(3) default 'USD'::character varying, customer_id integer not null, stage_id integer, owner_id integer, source character varying(100), probability integer, expected_close_date date, created_at timestamp without time zone default CURRENT_TIMESTAMP, updated_at timestamp without time zone default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'leads'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of tasks, in order.
-- expect: id integer not null default nextval('tasks_id_seq'::regclass), title character varying(255) not null, description text, status task_status default 'pending'::task_status, priority character varying(20) default 'medium'::character varying, due_date timestamp without time zone, completed_at timestamp without time zone, user_id integer, customer_id integer, lead_id integer, assigned_to integer, created_at timestamp without time zone default CURRENT_TIMESTAMP, updated_at timestamp without time zone default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'tasks'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of interactions, in order.
-- expect: id integer not null default nextval('interactions_id_seq'::regclass), type interaction_type not null, subject character varying(255), description text, customer_id integer not null, lead_id integer, user_id integer, interaction_date timestamp without time zone default CURRENT_TIMESTAMP, duration_minutes integer, outcome text, follow_up_date date, created_at timestamp without time zone default CURRENT_TIMESTAMP, updated_at timestamp without time zone default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'interactions'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of audit_logs, in order.
-- expect: id integer not null default nextval('audit_logs_id_seq'::regclass), table_name character varying(100) not null, record_id integer not null, action character varying(20) not null, old_values jsonb, new_values jsonb, user_id integer, ip_address inet, user_agent text, created_at timestamp without time zone default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'audit_logs'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The enums, each with its values in order.
-- expect: interaction_type = call < email < meeting < note; lead_status = new < contacted < qualified < proposal < negotiation < closed_won < closed_lost; task_status = pending < in_progress < completed < cancelled; user_role = user < manager < admin
SELECT string_agg(typname || ' = ' || enum_values, '; ' ORDER BY typname COLLATE "C")
FROM (
  SELECT t.typname, string_agg(e.enumlabel, ' < ' ORDER BY e.enumsortorder) AS enum_values
  FROM pg_type AS t
  JOIN pg_enum AS e ON e.enumtypid = t.oid
  WHERE t.typnamespace = quote_ident(current_schema())::regnamespace
  GROUP BY t.typname
) AS enums;

-- The secondary indexes: those that back no constraint.
-- expect: idx_audit_logs_action audit_logs USING btree (action); idx_audit_logs_created_at audit_logs USING btree (created_at); idx_audit_logs_table_record audit_logs USING btree (table_name, record_id); idx_audit_logs_user_id audit_logs USING btree (user_id); idx_customers_active customers USING btree (owner_id, status) WHERE ((status)::text = 'active'::text); idx_customers_company customers USING btree (company); idx_customers_created_at customers USING btree (created_at); idx_customers_industry customers USING btree (industry); idx_customers_owner_id customers USING btree (owner_id); idx_customers_owner_status customers USING btree (owner_id, status); idx_customers_search customers USING gin (to_tsvector('english'::regconfig, (((((name)::text || ' '::text) || (COALESCE(company, ''::character varying))::text) || ' '::text) || (COALESCE(email, ''::character varying))::text))); idx_customers_status customers USING btree (status); idx_interactions_customer_date interactions USING btree (customer_id, interaction_date); idx_interactions_customer_id interactions USING btree (customer_id); idx_interactions_interaction_date interactions USING btree (interaction_date); idx_interactions_lead_id interactions USING btree (lead_id); idx_interactions_type interactions USING btree (type); idx_interactions_user_id interactions USING btree (user_id); idx_leads_active leads USING btree (owner_id, stage_id) WHERE (stage_id <> ALL (ARRAY[6, 7])); idx_leads_amount leads USING btree (amount); idx_leads_created_at leads USING btree (created_at); idx_leads_customer_id leads USING btree (customer_id); idx_leads_customer_stage leads USING btree (customer_id, stage_id); idx_leads_expected_close_date leads USING btree (expected_close_date); idx_leads_owner_id leads USING btree (owner_id); idx_leads_owner_stage leads USING btree (owner_id, stage_id); idx_leads_search leads USING gin (to_tsvector('english'::regconfig, (((title)::text || ' '::text) || COALESCE(description, ''::text)))); idx_leads_source leads USING btree (source); idx_leads_stage_id leads USING btree (stage_id); idx_tasks_assigned_to tasks USING btree (assigned_to); idx_tasks_customer_id tasks USING btree (customer_id); idx_tasks_due_date tasks USING btree (due_date); idx_tasks_lead_id tasks USING btree (lead_id); idx_tasks_pending tasks USING btree (user_id, due_date) WHERE (status = 'pending'::task_status); idx_tasks_priority tasks USING btree (priority); idx_tasks_search tasks USING gin (to_tsvector('english'::regconfig, (((title)::text || ' '::text) || COALESCE(description, ''::text)))); idx_tasks_status tasks USING btree (status); idx_tasks_user_id tasks USING btree (user_id); idx_tasks_user_status tasks USING btree (user_id, status); idx_users_active users USING btree (is_active); idx_users_created_at users USING btree (created_at); idx_users_email users USING btree (email); idx_users_role users USING btree (role)
SELECT string_agg(c.relname || CASE WHEN i.indisunique THEN ' unique ' ELSE ' ' END || t.relname
    || substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*'), '; ' ORDER BY c.relname COLLATE "C")
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- How many secondary indexes.
-- expect: 43
SELECT count(*)::text
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- No index is invalid or not ready.
-- expect: none
SELECT coalesce(string_agg(c.relname, ', ' ORDER BY c.relname COLLATE "C"), 'none')
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT (i.indisvalid AND i.indisready);

-- Primary keys.
-- expect: audit_logs.audit_logs_pkey PRIMARY KEY (id); customers.customers_pkey PRIMARY KEY (id); interactions.interactions_pkey PRIMARY KEY (id); lead_stages.lead_stages_pkey PRIMARY KEY (id); leads.leads_pkey PRIMARY KEY (id); tasks.tasks_pkey PRIMARY KEY (id); users.users_pkey PRIMARY KEY (id)
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('p');

-- Unique constraints.
-- expect: customers.uk_customers_name_company UNIQUE (name, company); users.uk_users_email UNIQUE (email)
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('u');

-- Foreign keys.
-- expect: audit_logs.fk_audit_logs_user FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL; customers.fk_customers_owner FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE SET NULL; interactions.fk_interactions_customer FOREIGN KEY (customer_id) REFERENCES customers(id) ON DELETE CASCADE; interactions.fk_interactions_lead FOREIGN KEY (lead_id) REFERENCES leads(id) ON DELETE SET NULL; interactions.fk_interactions_user FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE; leads.fk_leads_customer FOREIGN KEY (customer_id) REFERENCES customers(id) ON DELETE CASCADE; leads.fk_leads_owner FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE SET NULL; leads.fk_leads_stage FOREIGN KEY (stage_id) REFERENCES lead_stages(id) ON DELETE SET NULL; tasks.fk_tasks_assigned FOREIGN KEY (assigned_to) REFERENCES users(id) ON DELETE SET NULL; tasks.fk_tasks_customer FOREIGN KEY (customer_id) REFERENCES customers(id) ON DELETE SET NULL; tasks.fk_tasks_lead FOREIGN KEY (lead_id) REFERENCES leads(id) ON DELETE SET NULL; tasks.fk_tasks_user FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('f');

-- Checks.
-- expect: customers.chk_customers_email CHECK (((email IS NULL) OR ((email)::text ~* '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$'::text))); customers.chk_customers_industry CHECK (((industry IS NULL) OR ((industry)::text = ANY ((ARRAY['Technology'::character varying, 'Healthcare'::character varying, 'Finance'::character varying, 'Retail'::character varying, 'Manufacturing'::character varying, 'Education'::character varying, 'Real Estate'::character varying, 'Consulting'::character varying, 'Other'::character varying])::text[])))); interactions.chk_interactions_duration CHECK (((duration_minutes IS NULL) OR (duration_minutes > 0))); leads.chk_leads_amount CHECK (((amount IS NULL) OR (amount > (0)::numeric))); leads.chk_leads_probability CHECK (((probability >= 0) AND (probability <= 100)))
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

-- The triggers.
-- expect: customers.audit_delete after delete statement write_audit_log; customers.audit_insert after insert statement write_audit_log; customers.audit_truncate before truncate statement write_audit_log; customers.audit_update after update statement write_audit_log; interactions.audit_delete after delete statement write_audit_log; interactions.audit_insert after insert statement write_audit_log; interactions.audit_truncate before truncate statement write_audit_log; interactions.audit_update after update statement write_audit_log; lead_stages.audit_delete after delete statement write_audit_log; lead_stages.audit_insert after insert statement write_audit_log; lead_stages.audit_truncate before truncate statement write_audit_log; lead_stages.audit_update after update statement write_audit_log; leads.audit_delete after delete statement write_audit_log; leads.audit_insert after insert statement write_audit_log; leads.audit_truncate before truncate statement write_audit_log; leads.audit_update after update statement write_audit_log; tasks.audit_delete after delete statement write_audit_log; tasks.audit_insert after insert statement write_audit_log; tasks.audit_truncate before truncate statement write_audit_log; tasks.audit_update after update statement write_audit_log; users.audit_delete after delete statement write_audit_log; users.audit_insert after insert statement write_audit_log; users.audit_truncate before truncate statement write_audit_log; users.audit_update after update statement write_audit_log
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
-- expect: fingerprint_secrets(row_values jsonb, secrets text[]) returns jsonb sql stable; write_audit_log() returns trigger plpgsql volatile security definer set search_path=pg_catalog, pg_temp
SELECT coalesce(string_agg(concat_ws(' ', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', 'returns',
    pg_get_function_result(p.oid), l.lanname, CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
    CASE WHEN p.prosecdef THEN 'security definer' END, 'set ' || array_to_string(p.proconfig, ' ')), '; '
  ORDER BY p.proname COLLATE "C"), 'none')
FROM pg_proc AS p
JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = quote_ident(current_schema())::regnamespace;

-- The functions that everyone may call: not the one that runs with its owner's rights.
-- expect: fingerprint_secrets
SELECT coalesce(string_agg(p.proname, ', '), 'none')
FROM pg_proc AS p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS acl
WHERE p.pronamespace = quote_ident(current_schema())::regnamespace AND acl.grantee = 0;

-- No table lacks a comment.
-- expect: none
SELECT coalesce(string_agg(relname, ', ' ORDER BY relname COLLATE "C"), 'none')
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p')
  AND obj_description(oid, 'pg_class') IS NULL;
