-- Takes back V001__system_tenant: every object it made, dependants first.

DROP TABLE sys_user_roles;
DROP TABLE sys_role_permissions;
DROP TABLE sys_permissions;
DROP TABLE sys_roles;
DROP TABLE sys_users;
DROP TABLE sys_tenants;

DROP FUNCTION update_updated_at_column();
