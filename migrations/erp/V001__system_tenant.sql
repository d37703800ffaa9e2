-- System and tenancy: tenants, users, roles, permissions, and the function that stamps
-- updated_at for the whole module. A key without ON DELETE refuses to orphan its rows, yet
-- lets a tenant be deleted with all it owns, since it is checked at the end of the statement.

CREATE FUNCTION update_updated_at_column() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  NEW.updated_at := CURRENT_TIMESTAMP;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION update_updated_at_column() IS
  'Row trigger of every table that has updated_at, so that no writer has to remember it.';

CREATE TABLE sys_tenants (
  id bigint GENERATED ALWAYS AS IDENTITY,
  owner_auth_id uuid,
  name text NOT NULL,
  slug text NOT NULL,
  status text NOT NULL DEFAULT 'trial',
  timezone text NOT NULL DEFAULT 'UTC',
  currency text NOT NULL DEFAULT 'USD',
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT sys_tenants_pkey PRIMARY KEY (id),
  CONSTRAINT sys_tenants_owner_auth_id_fkey FOREIGN KEY (owner_auth_id)
    REFERENCES auth.users (id) ON DELETE SET NULL,
  CONSTRAINT sys_tenants_status_check CHECK (status IN ('trial', 'active', 'suspended', 'closed')),
  CONSTRAINT sys_tenants_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);

COMMENT ON TABLE sys_tenants IS
  'A company that uses the ERP; its rows in other tables carry its id.';
COMMENT ON COLUMN sys_tenants.owner_auth_id IS 'Sign-in account of the person who owns the tenant.';
COMMENT ON COLUMN sys_tenants.slug IS 'Name in URLs; unique among tenants that are not deleted.';
COMMENT ON COLUMN sys_tenants.timezone IS
  'IANA name; business days of the tenant begin and end in it.';
COMMENT ON COLUMN sys_tenants.currency IS
  'Currency of amounts that have no currency column of their own.';

CREATE INDEX idx_sys_tenants_owner_auth_id ON sys_tenants (owner_auth_id);
CREATE UNIQUE INDEX uidx_sys_tenants_slug_live ON sys_tenants (slug) WHERE deleted_at IS NULL;
CREATE INDEX idx_sys_tenants_status_live ON sys_tenants (status) WHERE deleted_at IS NULL;
CREATE INDEX idx_sys_tenants_settings ON sys_tenants USING gin (settings jsonb_path_ops);

CREATE TRIGGER trg_sys_tenants_updated_at
  BEFORE UPDATE ON sys_tenants
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE sys_users (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  auth_user_id uuid,
  email text NOT NULL,
  display_name text NOT NULL,
  phone text,
  status text NOT NULL DEFAULT 'invited',
  preferences jsonb NOT NULL DEFAULT '{}',
  last_seen_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT sys_users_pkey PRIMARY KEY (id),
  CONSTRAINT sys_users_auth_user_id_tenant_id_key UNIQUE (auth_user_id, tenant_id),
  CONSTRAINT sys_users_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT sys_users_auth_user_id_fkey FOREIGN KEY (auth_user_id)
    REFERENCES auth.users (id) ON DELETE SET NULL,
  CONSTRAINT sys_users_status_check CHECK (status IN ('invited', 'active', 'disabled'))
);

COMMENT ON TABLE sys_users IS
  'A user of the application in one tenant; what all other tables mean by a user.';
COMMENT ON COLUMN sys_users.auth_user_id IS
  'Sign-in account; NULL until the invitation is accepted and after the account is erased.';

CREATE INDEX idx_sys_users_tenant_id ON sys_users (tenant_id);
CREATE UNIQUE INDEX uidx_sys_users_tenant_id_lower_email_live ON sys_users (tenant_id, lower(email))
  WHERE deleted_at IS NULL;
CREATE INDEX idx_sys_users_tenant_id_status_live ON sys_users (tenant_id, status)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_sys_users_preferences ON sys_users USING gin (preferences jsonb_path_ops);

CREATE TRIGGER trg_sys_users_updated_at
  BEFORE UPDATE ON sys_users
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE sys_roles (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  description text,
  is_system boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sys_roles_pkey PRIMARY KEY (id),
  CONSTRAINT sys_roles_tenant_id_code_key UNIQUE (tenant_id, code),
  CONSTRAINT sys_roles_tenant_id_id_key UNIQUE (tenant_id, id),
  CONSTRAINT sys_roles_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE
);

COMMENT ON TABLE sys_roles IS 'Role catalog of a tenant.';
COMMENT ON COLUMN sys_roles.is_system IS
  'Made by the platform: the tenant may grant it, not edit it.';

CREATE TRIGGER trg_sys_roles_updated_at
  BEFORE UPDATE ON sys_roles
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE sys_permissions (
  id bigint GENERATED ALWAYS AS IDENTITY,
  code text NOT NULL,
  area text NOT NULL,
  action text NOT NULL,
  description text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sys_permissions_pkey PRIMARY KEY (id),
  CONSTRAINT sys_permissions_code_key UNIQUE (code),
  CONSTRAINT sys_permissions_area_action_key UNIQUE (area, action)
);

COMMENT ON TABLE sys_permissions IS
  'Global catalog of what can be permitted; the same for all tenants.';
COMMENT ON COLUMN sys_permissions.code IS
  'Area and action, such as orders.approve; the application checks for this text.';

CREATE TABLE sys_role_permissions (
  role_id bigint NOT NULL,
  permission_id bigint NOT NULL,
  granted_by bigint,
  granted_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sys_role_permissions_pkey PRIMARY KEY (role_id, permission_id),
  CONSTRAINT sys_role_permissions_role_id_fkey FOREIGN KEY (role_id)
    REFERENCES sys_roles (id) ON DELETE CASCADE,
  CONSTRAINT sys_role_permissions_permission_id_fkey FOREIGN KEY (permission_id)
    REFERENCES sys_permissions (id) ON DELETE CASCADE,
  CONSTRAINT sys_role_permissions_granted_by_fkey FOREIGN KEY (granted_by)
    REFERENCES sys_users (id) ON DELETE SET NULL
);

COMMENT ON TABLE sys_role_permissions IS 'Which permissions a role holds.';

CREATE INDEX idx_sys_role_permissions_permission_id ON sys_role_permissions (permission_id);
CREATE INDEX idx_sys_role_permissions_granted_by ON sys_role_permissions (granted_by);

CREATE TABLE sys_user_roles (
  tenant_id bigint NOT NULL,
  user_id bigint NOT NULL,
  role_id bigint NOT NULL,
  assigned_by bigint,
  assigned_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  CONSTRAINT sys_user_roles_pkey PRIMARY KEY (tenant_id, user_id, role_id),
  CONSTRAINT sys_user_roles_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES sys_users (id) ON DELETE CASCADE,
  CONSTRAINT sys_user_roles_assigned_by_fkey FOREIGN KEY (assigned_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT sys_user_roles_tenant_id_role_id_fkey FOREIGN KEY (tenant_id, role_id)
    REFERENCES sys_roles (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT sys_user_roles_expiry_check CHECK (expires_at > assigned_at)
);

COMMENT ON TABLE sys_user_roles IS 'Which roles a user holds in a tenant.';
COMMENT ON COLUMN sys_user_roles.tenant_id IS
  'Part of the key to sys_roles: a role of another tenant cannot be assigned.';
COMMENT ON COLUMN sys_user_roles.expires_at IS 'NULL for an assignment without an end.';

CREATE INDEX idx_sys_user_roles_user_id ON sys_user_roles (user_id);
CREATE INDEX idx_sys_user_roles_assigned_by ON sys_user_roles (assigned_by);
CREATE INDEX idx_sys_user_roles_tenant_id_role_id ON sys_user_roles (tenant_id, role_id);
