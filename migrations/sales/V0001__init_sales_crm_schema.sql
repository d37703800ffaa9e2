-- The sales CRM: users, customers, the pipeline with its leads, tasks and interactions, and an audit log that
-- triggers fill with every change.

CREATE TYPE user_role AS ENUM ('user', 'manager', 'admin');
CREATE TYPE task_status AS ENUM ('pending', 'in_progress', 'completed', 'cancelled');
CREATE TYPE lead_status AS ENUM (
  'new', 'contacted', 'qualified', 'proposal', 'negotiation', 'closed_won', 'closed_lost'
);
CREATE TYPE interaction_type AS ENUM ('call', 'email', 'meeting', 'note');

COMMENT ON TYPE lead_status IS 'Deprecated: the state of a lead is its row in lead_stages. No column has this type.';

CREATE TABLE users (
  id serial,
  email varchar(255) NOT NULL,
  password_hash varchar(255) NOT NULL,
  name varchar(255) NOT NULL,
  role user_role DEFAULT 'user',
  is_active boolean DEFAULT true,
  last_login timestamp,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT uk_users_email UNIQUE (email)
);

COMMENT ON TABLE users IS 'People who sign in: sales representatives, their managers and administrators.';
COMMENT ON COLUMN users.password_hash IS 'bcrypt. The audit log keeps a fingerprint of it, never the hash.';
COMMENT ON COLUMN users.is_active IS 'Whether the account may sign in. User data is kept while it may.';

CREATE TABLE customers (
  id serial,
  name varchar(255) NOT NULL,
  email varchar(255),
  phone varchar(50),
  company varchar(255),
  website varchar(255),
  address text,
  city varchar(100),
  state varchar(100),
  country varchar(100),
  postal_code varchar(20),
  owner_id integer,
  status varchar(50) DEFAULT 'active',
  notes text,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT customers_pkey PRIMARY KEY (id),
  CONSTRAINT uk_customers_name_company UNIQUE (name, company),
  CONSTRAINT fk_customers_owner FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT chk_customers_email CHECK (
    email IS NULL OR email ~* '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$'
  )
);

COMMENT ON TABLE customers IS 'Companies and people that are sold to. Kept indefinitely.';
COMMENT ON COLUMN customers.owner_id IS 'Who looks after the customer. Ownership can be handed on.';

CREATE TABLE lead_stages (
  id serial,
  name varchar(100) NOT NULL,
  description text,
  order_index integer DEFAULT 0,
  is_active boolean DEFAULT true,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT lead_stages_pkey PRIMARY KEY (id)
);

COMMENT ON TABLE lead_stages IS
  'The stages of the sales pipeline. 6 and 7 are the closed ones: idx_leads_active names these ids.';
COMMENT ON COLUMN lead_stages.order_index IS 'Position in the pipeline, from 1.';

CREATE TABLE leads (
  id serial,
  title varchar(255) NOT NULL,
  description text,
  amount numeric(15, 2),
  currency varchar(3) DEFAULT 'USD',
  customer_id integer NOT NULL,
  stage_id integer,
  owner_id integer,
  source varchar(100),
  probability integer,
  expected_close_date date,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT leads_pkey PRIMARY KEY (id),
  CONSTRAINT fk_leads_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
  CONSTRAINT fk_leads_stage FOREIGN KEY (stage_id) REFERENCES lead_stages (id) ON DELETE SET NULL,
  CONSTRAINT fk_leads_owner FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT chk_leads_amount CHECK (amount IS NULL OR amount > 0),
  CONSTRAINT chk_leads_probability CHECK (probability >= 0 AND probability <= 100)
);

COMMENT ON TABLE leads IS 'Sales opportunities. Kept for 5 years after they are closed.';
COMMENT ON COLUMN leads.currency IS 'ISO 4217 code of the currency of amount.';
COMMENT ON COLUMN leads.source IS 'Where the opportunity came from: website, referral, trade fair.';
COMMENT ON COLUMN leads.probability IS 'Chance of winning, in percent.';

CREATE TABLE tasks (
  id serial,
  title varchar(255) NOT NULL,
  description text,
  status task_status DEFAULT 'pending',
  priority varchar(20) DEFAULT 'medium',
  due_date timestamp,
  completed_at timestamp,
  user_id integer,
  customer_id integer,
  lead_id integer,
  assigned_to integer,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT tasks_pkey PRIMARY KEY (id),
  CONSTRAINT fk_tasks_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT fk_tasks_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL,
  CONSTRAINT fk_tasks_lead FOREIGN KEY (lead_id) REFERENCES leads (id) ON DELETE SET NULL,
  CONSTRAINT fk_tasks_assigned FOREIGN KEY (assigned_to) REFERENCES users (id) ON DELETE SET NULL
);

COMMENT ON TABLE tasks IS 'What users have to do. Kept for 3 years after completion.';
COMMENT ON COLUMN tasks.user_id IS 'Whose task it is; it goes when that user goes.';
COMMENT ON COLUMN tasks.assigned_to IS 'Who is to do it, where that is somebody else.';

CREATE TABLE interactions (
  id serial,
  type interaction_type NOT NULL,
  subject varchar(255),
  description text,
  customer_id integer NOT NULL,
  lead_id integer,
  user_id integer,
  interaction_date timestamp DEFAULT CURRENT_TIMESTAMP,
  duration_minutes integer,
  outcome text,
  follow_up_date date,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT interactions_pkey PRIMARY KEY (id),
  CONSTRAINT fk_interactions_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
  CONSTRAINT fk_interactions_lead FOREIGN KEY (lead_id) REFERENCES leads (id) ON DELETE SET NULL,
  CONSTRAINT fk_interactions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT chk_interactions_duration CHECK (duration_minutes IS NULL OR duration_minutes > 0)
);

COMMENT ON TABLE interactions IS 'Calls, e-mails, meetings and notes with customers. Kept for 7 years.';

CREATE TABLE audit_logs (
  id serial,
  table_name varchar(100) NOT NULL,
  record_id integer NOT NULL,
  action varchar(20) NOT NULL,
  old_values jsonb,
  new_values jsonb,
  user_id integer,
  ip_address inet,
  user_agent text,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT audit_logs_pkey PRIMARY KEY (id),
  CONSTRAINT fk_audit_logs_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL
);

COMMENT ON TABLE audit_logs IS
  'One row for each row inserted, updated, deleted or truncated in the other tables. Kept for 10 years.';
COMMENT ON COLUMN audit_logs.record_id IS 'The id of the changed row in table_name.';
COMMENT ON COLUMN audit_logs.action IS 'INSERT, UPDATE, DELETE or TRUNCATE.';
COMMENT ON COLUMN audit_logs.user_id IS
  'Who acted: the setting app.user_id of the session or transaction, where it names a user.';
COMMENT ON COLUMN audit_logs.ip_address IS
  'The setting app.ip_address, else the address that the database client connected from.';
COMMENT ON COLUMN audit_logs.user_agent IS
  'The setting app.user_agent, else the application_name of the database client.';

CREATE INDEX idx_users_email ON users (email);
CREATE INDEX idx_users_role ON users (role);
CREATE INDEX idx_users_active ON users (is_active);
CREATE INDEX idx_users_created_at ON users (created_at);

CREATE INDEX idx_customers_owner_id ON customers (owner_id);
CREATE INDEX idx_customers_status ON customers (status);
CREATE INDEX idx_customers_created_at ON customers (created_at);
CREATE INDEX idx_customers_company ON customers (company);
CREATE INDEX idx_customers_owner_status ON customers (owner_id, status);
CREATE INDEX idx_customers_active ON customers (owner_id, status) WHERE status = 'active';
CREATE INDEX idx_customers_search ON customers USING gin (
  to_tsvector('english', name || ' ' || COALESCE(company, '') || ' ' || COALESCE(email, ''))
);

CREATE INDEX idx_leads_customer_id ON leads (customer_id);
CREATE INDEX idx_leads_stage_id ON leads (stage_id);
CREATE INDEX idx_leads_owner_id ON leads (owner_id);
CREATE INDEX idx_leads_expected_close_date ON leads (expected_close_date);
CREATE INDEX idx_leads_source ON leads (source);
CREATE INDEX idx_leads_amount ON leads (amount);
CREATE INDEX idx_leads_created_at ON leads (created_at);
CREATE INDEX idx_leads_owner_stage ON leads (owner_id, stage_id);
CREATE INDEX idx_leads_customer_stage ON leads (customer_id, stage_id);
CREATE INDEX idx_leads_active ON leads (owner_id, stage_id) WHERE stage_id NOT IN (6, 7);
CREATE INDEX idx_leads_search ON leads USING gin (
  to_tsvector('english', title || ' ' || COALESCE(description, ''))
);

COMMENT ON INDEX idx_leads_active IS 'Open leads: 6 and 7 are the ids of the stages Closed Won and Closed Lost.';

CREATE INDEX idx_tasks_user_id ON tasks (user_id);
CREATE INDEX idx_tasks_status ON tasks (status);
CREATE INDEX idx_tasks_due_date ON tasks (due_date);
CREATE INDEX idx_tasks_customer_id ON tasks (customer_id);
CREATE INDEX idx_tasks_lead_id ON tasks (lead_id);
CREATE INDEX idx_tasks_assigned_to ON tasks (assigned_to);
CREATE INDEX idx_tasks_priority ON tasks (priority);
CREATE INDEX idx_tasks_user_status ON tasks (user_id, status);
CREATE INDEX idx_tasks_pending ON tasks (user_id, due_date) WHERE status = 'pending';
CREATE INDEX idx_tasks_search ON tasks USING gin (
  to_tsvector('english', title || ' ' || COALESCE(description, ''))
);

CREATE INDEX idx_interactions_customer_id ON interactions (customer_id);
CREATE INDEX idx_interactions_user_id ON interactions (user_id);
CREATE INDEX idx_interactions_interaction_date ON interactions (interaction_date);
CREATE INDEX idx_interactions_type ON interactions (type);
CREATE INDEX idx_interactions_lead_id ON interactions (lead_id);
CREATE INDEX idx_interactions_customer_date ON interactions (customer_id, interaction_date);

CREATE INDEX idx_audit_logs_table_record ON audit_logs (table_name, record_id);
CREATE INDEX idx_audit_logs_created_at ON audit_logs (created_at);
CREATE INDEX idx_audit_logs_user_id ON audit_logs (user_id);
CREATE INDEX idx_audit_logs_action ON audit_logs (action);

-- Shows that a secret changed, and whether two are the same, without keeping it. Only for values that cannot be
-- guessed, as a salted hash cannot.
CREATE FUNCTION fingerprint_secrets(row_values jsonb, secrets text[]) RETURNS jsonb
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  RETURN row_values || (
    SELECT coalesce(
      jsonb_object_agg(secret, 'sha256:' || encode(sha256(convert_to(row_values ->> secret, 'UTF8')), 'hex')),
      '{}'
    )
    FROM unnest(secrets) AS secret
    WHERE row_values ->> secret IS NOT NULL
  );

COMMENT ON FUNCTION fingerprint_secrets(jsonb, text[]) IS
  'The row with each secret column replaced by its SHA-256 digest.';

-- Runs with the rights of its owner, so that who changes a table needs none on the audit log. It works on the tables
-- beside the one that fired it, because the schema may have any name; hence no one else may attach it to a table.
CREATE FUNCTION write_audit_log() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  claimed_user CONSTANT text := current_setting('app.user_id', true);
  user_agent CONSTANT text := coalesce(
    nullif(current_setting('app.user_agent', true), ''),
    nullif(current_setting('application_name'), '')
  );
  secrets CONSTANT text[] := TG_ARGV;
  ip_address inet;
  user_id integer;
  changes text;
BEGIN
  -- A setting that names nobody must not stop the change, nor a user who is being deleted, by this statement or by
  -- another session: FOR KEY SHARE waits for the other one, and keeps the user it finds until the end.
  IF claimed_user ~ '^[0-9]{1,10}$' THEN
    EXECUTE format('SELECT id FROM %I.users WHERE id = $1 FOR KEY SHARE', TG_TABLE_SCHEMA)
      INTO user_id
      USING claimed_user::bigint;
  END IF;

  BEGIN
    ip_address := coalesce(nullif(current_setting('app.ip_address', true), '')::inet, inet_client_addr());
  EXCEPTION WHEN invalid_text_representation THEN
    ip_address := inet_client_addr();
  END;

  changes := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT n.id, NULL::jsonb, to_jsonb(n) FROM new_rows AS n'
    WHEN 'UPDATE' THEN
      'SELECT id, to_jsonb(o), to_jsonb(n) FROM old_rows AS o FULL JOIN new_rows AS n USING (id)
       WHERE to_jsonb(o) IS DISTINCT FROM to_jsonb(n)'
    WHEN 'DELETE' THEN 'SELECT o.id, to_jsonb(o), NULL::jsonb FROM old_rows AS o'
    WHEN 'TRUNCATE' THEN
      format('SELECT o.id, to_jsonb(o), NULL::jsonb FROM %I.%I AS o', TG_TABLE_SCHEMA, TG_TABLE_NAME)
  END;

  EXECUTE format(
    'INSERT INTO %1$I.audit_logs
       (table_name, record_id, action, old_values, new_values, user_id, ip_address, user_agent)
     SELECT $1, id, $2,
       CASE WHEN $6 IS NULL THEN old_values ELSE %1$I.fingerprint_secrets(old_values, $6) END,
       CASE WHEN $6 IS NULL THEN new_values ELSE %1$I.fingerprint_secrets(new_values, $6) END,
       $3, $4, $5
     FROM (%2$s) AS change (id, old_values, new_values)
     ORDER BY id',
    TG_TABLE_SCHEMA, changes
  ) USING TG_TABLE_NAME, TG_OP, user_id, ip_address, user_agent, secrets;

  RETURN NULL;
END
$function$;

REVOKE ALL ON FUNCTION write_audit_log() FROM PUBLIC;

COMMENT ON FUNCTION write_audit_log() IS
  'Writes the rows that a statement changed to audit_logs. The arguments name the columns that hold secrets.';

CREATE TRIGGER audit_insert AFTER INSERT ON users
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log('password_hash');
CREATE TRIGGER audit_update AFTER UPDATE ON users
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log('password_hash');
CREATE TRIGGER audit_delete AFTER DELETE ON users
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log('password_hash');
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON users
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log('password_hash');

CREATE TRIGGER audit_insert AFTER INSERT ON customers
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_update AFTER UPDATE ON customers
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_delete AFTER DELETE ON customers
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON customers
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();

CREATE TRIGGER audit_insert AFTER INSERT ON lead_stages
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_update AFTER UPDATE ON lead_stages
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_delete AFTER DELETE ON lead_stages
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON lead_stages
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();

CREATE TRIGGER audit_insert AFTER INSERT ON leads
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_update AFTER UPDATE ON leads
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_delete AFTER DELETE ON leads
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON leads
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();

CREATE TRIGGER audit_insert AFTER INSERT ON tasks
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_update AFTER UPDATE ON tasks
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_delete AFTER DELETE ON tasks
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON tasks
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();

CREATE TRIGGER audit_insert AFTER INSERT ON interactions
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_update AFTER UPDATE ON interactions
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_delete AFTER DELETE ON interactions
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON interactions
  FOR EACH STATEMENT EXECUTE FUNCTION write_audit_log();
