-- Takes back V003__crm_customer: every object it made, dependants first.

DROP TABLE crm_reengage_batches_stats;
DROP TABLE crm_reengage_personal_keys;
DROP TABLE crm_reengaged_batches;
DROP TABLE crm_potential;
DROP TABLE crm_customers;
DROP TABLE crm_leads;
DROP TABLE crm_personal_journey;
DROP TABLE crm_personal_profile;
DROP TABLE crm_personal_addresses;
DROP TABLE crm_personal_contacts;
DROP TABLE crm_personal_keys;
