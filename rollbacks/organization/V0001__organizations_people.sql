-- Takes back V0001__organizations_people: every object it made, dependants first.

DROP TABLE customer_profiles;
DROP TABLE representatives;
DROP TABLE users;
DROP TABLE organizations;

DROP FUNCTION set_updated_at();

DROP TYPE account_standing;
DROP TYPE account_tier;
DROP TYPE representative_status;
DROP TYPE representative_role;
DROP TYPE organization_status;
DROP TYPE organization_plan;
DROP TYPE user_role;
