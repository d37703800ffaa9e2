-- Drops the Tinedy CRM; indexes go with their tables. All rows are lost.

DROP TABLE audit_logs;
DROP TABLE failed_webhooks;
DROP TABLE webhook_logs;
DROP TABLE training_workflows;
DROP TABLE quality_checks;
DROP TABLE quality_checklists;
DROP TABLE jobs;
DROP TABLE users;
DROP TABLE customers;

DROP TYPE "WebhookStatus";
DROP TYPE "TrainingStatus";
DROP TYPE "QCStatus";
DROP TYPE "UserRole";
DROP TYPE "Priority";
DROP TYPE "JobStatus";
DROP TYPE "CustomerStatus";
