-- Lotus Gifts, a shop for engraved gifts: tenant, users, roles, permissions.
-- Ids are looked up by natural keys, so that identity columns keep counting on their own.

INSERT INTO auth.users (id, email) VALUES
  ('e0000000-0000-4000-8000-000000000001', 'ploy@lotus.example'),
  ('e0000000-0000-4000-8000-000000000002', 'anan@lotus.example')
ON CONFLICT DO NOTHING;

INSERT INTO sys_tenants (owner_auth_id, name, slug, status, timezone, currency, settings)
SELECT a.id, 'Lotus Gifts', 'lotus-gifts', 'active', 'Asia/Bangkok', 'THB',
  '{"fiscalYearStart": "01-01", "orderPrefix": "LG"}'
FROM auth.users AS a
WHERE a.email = 'ploy@lotus.example'
ON CONFLICT (slug) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO sys_users (tenant_id, auth_user_id, email, display_name, phone, status, preferences)
SELECT t.id, a.id, v.email, v.display_name, v.phone, v.status, v.preferences::jsonb
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('ploy@lotus.example', 'Ploy Srisuk', '+66811110001', 'active', '{"language": "th"}'),
  ('anan@lotus.example', 'Anan Chaiyo', '+66811110002', 'active', '{"language": "en"}'),
  ('mali@lotus.example', 'Mali Wongsa', '+66811110003', 'active', '{"language": "th"}'),
  ('krit@lotus.example', 'Krit Boonmee', NULL, 'invited', '{}')
) AS v (email, display_name, phone, status, preferences)
LEFT JOIN auth.users AS a ON a.email = v.email
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, lower(email)) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO sys_roles (tenant_id, code, name, description, is_system)
SELECT t.id, v.code, v.name, v.description, v.is_system
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('owner', 'Owner', 'May do everything in the tenant.', true),
  ('sales', 'Sales', 'Works leads, customers and orders.', false),
  ('production', 'Production', 'Designs, makes and ships.', false)
) AS v (code, name, description, is_system)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) DO NOTHING;

INSERT INTO sys_permissions (code, area, action, description) VALUES
  ('orders.read', 'orders', 'read', 'See orders.'),
  ('orders.write', 'orders', 'write', 'Create and change orders.'),
  ('orders.approve', 'orders', 'approve', 'Confirm payments and release orders.'),
  ('crm.write', 'crm', 'write', 'Create and change leads and customers.'),
  ('stock.write', 'stock', 'write', 'Post stock movements.'),
  ('tenant.manage', 'tenant', 'manage', 'Manage users, roles and settings.')
ON CONFLICT (code) DO NOTHING;

INSERT INTO sys_role_permissions (role_id, permission_id, granted_by)
SELECT r.id, p.id, u.id
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'ploy@lotus.example'
JOIN sys_roles AS r ON r.tenant_id = t.id
JOIN (VALUES
  ('sales', 'orders.read'),
  ('sales', 'orders.write'),
  ('sales', 'crm.write'),
  ('production', 'orders.read'),
  ('production', 'stock.write')
) AS v (role_code, permission_code) ON v.role_code = r.code
JOIN sys_permissions AS p ON p.code = v.permission_code
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (role_id, permission_id) DO NOTHING;

INSERT INTO sys_role_permissions (role_id, permission_id)
SELECT r.id, p.id
FROM sys_tenants AS t
JOIN sys_roles AS r ON r.tenant_id = t.id AND r.code = 'owner'
CROSS JOIN sys_permissions AS p
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (role_id, permission_id) DO NOTHING;

INSERT INTO sys_user_roles (tenant_id, user_id, role_id, assigned_by)
SELECT t.id, u.id, r.id, boss.id
FROM sys_tenants AS t
JOIN sys_users AS boss ON boss.tenant_id = t.id AND boss.email = 'ploy@lotus.example'
CROSS JOIN (VALUES
  ('ploy@lotus.example', 'owner'),
  ('anan@lotus.example', 'sales'),
  ('mali@lotus.example', 'production'),
  ('krit@lotus.example', 'production')
) AS v (email, role_code)
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = v.email
JOIN sys_roles AS r ON r.tenant_id = t.id AND r.code = v.role_code
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, user_id, role_id) DO NOTHING;
