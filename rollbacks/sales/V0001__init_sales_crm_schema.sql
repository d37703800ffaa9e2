-- Drops the sales CRM with its audit log; indexes and triggers go with their tables. All rows are lost.

DROP TABLE audit_logs;
DROP TABLE interactions;
DROP TABLE tasks;
DROP TABLE leads;
DROP TABLE lead_stages;
DROP TABLE customers;
DROP TABLE users;

DROP FUNCTION write_audit_log();
DROP FUNCTION fingerprint_secrets(jsonb, text[]);

DROP TYPE interaction_type;
DROP TYPE lead_status;
DROP TYPE task_status;
DROP TYPE user_role;
