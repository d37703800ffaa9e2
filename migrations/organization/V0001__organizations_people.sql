-- Organizations (the tenants) and the people in them: users, support representatives,
-- customer profiles. Every later table of the module hangs on these four.

CREATE TYPE user_role AS ENUM ('CUSTOMER', 'REPRESENTATIVE', 'ADMIN');
CREATE TYPE organization_plan AS ENUM ('FREE', 'STARTER', 'PROFESSIONAL', 'ENTERPRISE');
CREATE TYPE organization_status AS ENUM ('TRIAL', 'ACTIVE', 'SUSPENDED', 'CANCELLED');
CREATE TYPE representative_role AS ENUM ('AGENT', 'SENIOR_AGENT', 'TEAM_LEAD', 'MANAGER');
CREATE TYPE representative_status AS ENUM ('ONLINE', 'BUSY', 'AWAY', 'OFFLINE');
CREATE TYPE account_tier AS ENUM ('BASIC', 'STANDARD', 'PREMIUM', 'ENTERPRISE');
CREATE TYPE account_standing AS ENUM ('GOOD', 'WARNING', 'PAST_DUE', 'SUSPENDED');

CREATE FUNCTION set_updated_at() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  NEW.updated_at := CURRENT_TIMESTAMP;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION set_updated_at() IS
  'Row trigger: stamps updated_at, so that no writer has to remember it.';

CREATE TABLE organizations (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  slug text NOT NULL,
  plan organization_plan NOT NULL DEFAULT 'FREE',
  status organization_status NOT NULL DEFAULT 'TRIAL',
  industry text,
  website text,
  support_email text,
  billing_email text,
  timezone text NOT NULL DEFAULT 'UTC',
  settings jsonb NOT NULL DEFAULT '{}',
  trial_ends_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT organizations_pkey PRIMARY KEY (id),
  CONSTRAINT organizations_slug_key UNIQUE (slug),
  CONSTRAINT organizations_slug_lowercase_check CHECK (slug = lower(slug))
);

COMMENT ON TABLE organizations IS
  'A company that uses the platform: the tenant that every other row belongs to.';
COMMENT ON COLUMN organizations.slug IS 'Name in URLs; unique over the whole platform.';
COMMENT ON COLUMN organizations.timezone IS
  'IANA name; periods of budgets and metrics begin and end in it.';
COMMENT ON COLUMN organizations.settings IS
  'Object of switches and branding that the application interprets.';

CREATE INDEX idx_organizations_plan ON organizations (plan);
CREATE INDEX idx_organizations_status ON organizations (status);
CREATE INDEX idx_organizations_created_at ON organizations (created_at);

CREATE TRIGGER trg_organizations_updated_at
  BEFORE UPDATE ON organizations
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE users (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  email text NOT NULL,
  full_name text NOT NULL,
  role user_role NOT NULL DEFAULT 'CUSTOMER',
  phone text,
  avatar_url text,
  is_active boolean NOT NULL DEFAULT true,
  last_login_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT users_email_lowercase_check CHECK (email = lower(email))
);

COMMENT ON TABLE users IS
  'Account of a person: customer, representative or administrator of one organization.';
COMMENT ON COLUMN users.email IS
  'Sign-in name; stored in lower case, so that the unique constraint ignores case.';

CREATE INDEX idx_users_organization_id_role ON users (organization_id, role);
CREATE INDEX idx_users_organization_id_is_active ON users (organization_id, is_active);
CREATE INDEX idx_users_created_at ON users (created_at);
CREATE INDEX idx_users_last_login_at ON users (last_login_at);

CREATE TRIGGER trg_users_updated_at
  BEFORE UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE representatives (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  manager_id uuid,
  role representative_role NOT NULL DEFAULT 'AGENT',
  status representative_status NOT NULL DEFAULT 'OFFLINE',
  department text,
  skills text[] NOT NULL DEFAULT '{}',
  max_concurrent_tickets integer NOT NULL DEFAULT 5,
  hired_on date,
  last_active_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT representatives_pkey PRIMARY KEY (id),
  CONSTRAINT representatives_user_id_key UNIQUE (user_id),
  CONSTRAINT representatives_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT representatives_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT representatives_manager_id_fkey FOREIGN KEY (manager_id)
    REFERENCES representatives (id) ON DELETE SET NULL,
  CONSTRAINT representatives_max_concurrent_tickets_check CHECK (max_concurrent_tickets > 0),
  CONSTRAINT representatives_manager_not_self_check CHECK (manager_id <> id)
);

COMMENT ON TABLE representatives IS
  'Support team membership of a user: role in the team, presence and workload.';

CREATE INDEX idx_representatives_manager_id ON representatives (manager_id);
CREATE INDEX idx_representatives_organization_id_status
  ON representatives (organization_id, status);
CREATE INDEX idx_representatives_role ON representatives (role);

CREATE TRIGGER trg_representatives_updated_at
  BEFORE UPDATE ON representatives
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE customer_profiles (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  assigned_representative_id uuid,
  company text,
  job_title text,
  tier account_tier NOT NULL DEFAULT 'BASIC',
  standing account_standing NOT NULL DEFAULT 'GOOD',
  lifetime_value numeric(14,2) NOT NULL DEFAULT 0,
  total_orders integer NOT NULL DEFAULT 0,
  context jsonb NOT NULL DEFAULT '{}',
  preferences jsonb NOT NULL DEFAULT '{}',
  customer_since date,
  last_contact_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT customer_profiles_pkey PRIMARY KEY (id),
  CONSTRAINT customer_profiles_user_id_key UNIQUE (user_id),
  CONSTRAINT customer_profiles_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT customer_profiles_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT customer_profiles_assigned_representative_id_fkey
    FOREIGN KEY (assigned_representative_id)
    REFERENCES representatives (id) ON DELETE SET NULL,
  CONSTRAINT customer_profiles_lifetime_value_check CHECK (lifetime_value >= 0),
  CONSTRAINT customer_profiles_total_orders_check CHECK (total_orders >= 0)
);

COMMENT ON TABLE customer_profiles IS
  'What the organization knows of a customer beyond the account; one for each such user.';
COMMENT ON COLUMN customer_profiles.lifetime_value IS
  'Sum of paid orders less refunds, in the currency of the organization.';
COMMENT ON COLUMN customer_profiles.context IS
  'Facts for representatives and agents: recent orders, sentiment, notes.';
COMMENT ON COLUMN customer_profiles.preferences IS
  'Contact channel, language, notification choices.';

CREATE INDEX idx_customer_profiles_assigned_representative_id
  ON customer_profiles (assigned_representative_id);
CREATE INDEX idx_customer_profiles_organization_id_tier
  ON customer_profiles (organization_id, tier);
CREATE INDEX idx_customer_profiles_organization_id_standing
  ON customer_profiles (organization_id, standing);
CREATE INDEX idx_customer_profiles_last_contact_at ON customer_profiles (last_contact_at);

CREATE TRIGGER trg_customer_profiles_updated_at
  BEFORE UPDATE ON customer_profiles
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
