-- The Tinedy CRM: customers from LINE, jobs, quality control, training, n8n webhooks and the audit trail.
-- Names follow Prisma: camelCase columns, PascalCase enums, <table>_<columns>_{pkey,key,fkey,idx}.

CREATE TYPE "CustomerStatus" AS ENUM ('ACTIVE', 'INACTIVE', 'BLOCKED');
CREATE TYPE "JobStatus" AS ENUM ('NEW', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'ON_HOLD');
CREATE TYPE "Priority" AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'URGENT');
CREATE TYPE "UserRole" AS ENUM ('ADMIN', 'OPERATIONS', 'TRAINING', 'QC_MANAGER');
CREATE TYPE "QCStatus" AS ENUM ('PENDING', 'IN_PROGRESS', 'PASSED', 'FAILED', 'NEEDS_REVIEW');
CREATE TYPE "TrainingStatus" AS ENUM (
  'AWAITING_DOCUMENTS', 'DOCUMENTS_RECEIVED', 'TRAINING_IN_PROGRESS', 'TRAINING_COMPLETED', 'COMPLETED'
);
CREATE TYPE "WebhookStatus" AS ENUM ('RECEIVED', 'PROCESSING', 'PROCESSED', 'FAILED', 'RETRY_NEEDED');

CREATE TABLE customers (
  id text NOT NULL,
  "lineUserId" text,
  name text NOT NULL,
  phone text,
  email text,
  address text,
  notes text,
  status "CustomerStatus" NOT NULL DEFAULT 'ACTIVE',
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT customers_pkey PRIMARY KEY (id),
  CONSTRAINT "customers_lineUserId_key" UNIQUE ("lineUserId")
);

COMMENT ON TABLE customers IS 'Customers, most of them met through the LINE official account.';
COMMENT ON COLUMN customers."lineUserId" IS 'The user id that LINE gives the customer; null for others.';

CREATE TABLE users (
  id text NOT NULL,
  email text NOT NULL,
  name text NOT NULL,
  role "UserRole" NOT NULL DEFAULT 'OPERATIONS',
  "isActive" boolean NOT NULL DEFAULT true,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_email_key UNIQUE (email)
);

COMMENT ON TABLE users IS 'Staff. The role decides what each may do in the application.';

CREATE TABLE jobs (
  id text NOT NULL,
  "customerId" text NOT NULL,
  "assignedToId" text,
  "serviceType" text NOT NULL,
  description text,
  status "JobStatus" NOT NULL DEFAULT 'NEW',
  priority "Priority" NOT NULL DEFAULT 'MEDIUM',
  "scheduledAt" timestamp(3),
  "completedAt" timestamp(3),
  "n8nWorkflowId" text,
  "webhookData" jsonb,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT jobs_pkey PRIMARY KEY (id),
  CONSTRAINT "jobs_customerId_fkey" FOREIGN KEY ("customerId") REFERENCES customers (id)
    ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT "jobs_assignedToId_fkey" FOREIGN KEY ("assignedToId") REFERENCES users (id)
    ON UPDATE CASCADE ON DELETE SET NULL
);

COMMENT ON TABLE jobs IS
  'Work and bookings: a service that a customer ordered. A customer with jobs cannot be deleted.';
COMMENT ON COLUMN jobs."n8nWorkflowId" IS 'The n8n workflow that made the job; null when a person did.';
COMMENT ON COLUMN jobs."webhookData" IS 'What that workflow sent.';

CREATE TABLE quality_checklists (
  id text NOT NULL,
  name text NOT NULL,
  description text,
  items jsonb NOT NULL,
  "isActive" boolean NOT NULL DEFAULT true,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT quality_checklists_pkey PRIMARY KEY (id)
);

COMMENT ON TABLE quality_checklists IS 'Checklist templates. A template that was used for a check cannot be deleted.';
COMMENT ON COLUMN quality_checklists.items IS 'Array of the points to check, in order.';

CREATE TABLE quality_checks (
  id text NOT NULL,
  "jobId" text NOT NULL,
  "checklistId" text NOT NULL,
  status "QCStatus" NOT NULL DEFAULT 'PENDING',
  "completedBy" text,
  "completedAt" timestamp(3),
  notes text,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT quality_checks_pkey PRIMARY KEY (id),
  CONSTRAINT "quality_checks_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES jobs (id)
    ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT "quality_checks_checklistId_fkey" FOREIGN KEY ("checklistId") REFERENCES quality_checklists (id)
    ON UPDATE CASCADE ON DELETE RESTRICT
);

COMMENT ON TABLE quality_checks IS 'A checklist gone through for a job.';
COMMENT ON COLUMN quality_checks."completedBy" IS 'Who signed the check off, as the application names them; not a key.';

CREATE TABLE training_workflows (
  id text NOT NULL,
  "jobId" text NOT NULL,
  status "TrainingStatus" NOT NULL DEFAULT 'AWAITING_DOCUMENTS',
  "documentsReceived" boolean NOT NULL DEFAULT false,
  "trainingCompleted" boolean NOT NULL DEFAULT false,
  notes text,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT training_workflows_pkey PRIMARY KEY (id),
  CONSTRAINT "training_workflows_jobId_key" UNIQUE ("jobId"),
  CONSTRAINT "training_workflows_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES jobs (id)
    ON UPDATE CASCADE ON DELETE CASCADE
);

COMMENT ON TABLE training_workflows IS 'The training that belongs to a job, at most one for each.';

CREATE TABLE webhook_logs (
  id text NOT NULL,
  source text NOT NULL,
  "workflowId" text,
  "executionId" text,
  "jobId" text,
  payload jsonb NOT NULL,
  status "WebhookStatus" NOT NULL DEFAULT 'RECEIVED',
  "processedAt" timestamp(3),
  "errorMessage" text,
  "retryCount" integer NOT NULL DEFAULT 0,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT webhook_logs_pkey PRIMARY KEY (id),
  CONSTRAINT "webhook_logs_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES jobs (id)
    ON UPDATE CASCADE ON DELETE SET NULL
);

COMMENT ON TABLE webhook_logs IS 'Every webhook that n8n called.';
COMMENT ON COLUMN webhook_logs."workflowId" IS 'The workflow in n8n.';
COMMENT ON COLUMN webhook_logs."executionId" IS 'The run of that workflow in n8n.';
COMMENT ON COLUMN webhook_logs."jobId" IS 'The job that the webhook made or changed; null until it is processed.';

CREATE TABLE failed_webhooks (
  id text NOT NULL,
  "originalLogId" text,
  payload jsonb NOT NULL,
  "errorDetails" text NOT NULL,
  "retryAfter" timestamp(3),
  "manualReview" boolean NOT NULL DEFAULT false,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT failed_webhooks_pkey PRIMARY KEY (id),
  CONSTRAINT "failed_webhooks_originalLogId_fkey" FOREIGN KEY ("originalLogId") REFERENCES webhook_logs (id)
    ON UPDATE CASCADE ON DELETE SET NULL
);

COMMENT ON TABLE failed_webhooks IS 'Dead letters: webhooks that were given up on, until they are retried or reviewed.';
COMMENT ON COLUMN failed_webhooks."originalLogId" IS 'The log of the webhook; null once the logs have been cleaned up.';
COMMENT ON COLUMN failed_webhooks."retryAfter" IS 'Not to be tried again before; null for never.';
COMMENT ON COLUMN failed_webhooks."manualReview" IS 'Whether a person has to look at it.';

CREATE TABLE audit_logs (
  id text NOT NULL,
  "entityType" text NOT NULL,
  "entityId" text NOT NULL,
  action text NOT NULL,
  "oldValues" jsonb,
  "newValues" jsonb,
  "userId" text,
  "timestamp" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT audit_logs_pkey PRIMARY KEY (id),
  CONSTRAINT "audit_logs_userId_fkey" FOREIGN KEY ("userId") REFERENCES users (id)
    ON UPDATE CASCADE ON DELETE SET NULL
);

COMMENT ON TABLE audit_logs IS 'What was done to which record, written by the application.';
COMMENT ON COLUMN audit_logs."entityType" IS 'The kind of the record: Customer, Job, QualityCheck and so on.';
COMMENT ON COLUMN audit_logs."entityId" IS 'The id of the record, which may be gone by now.';
COMMENT ON COLUMN audit_logs."userId" IS 'Who did it; null for the system, and for users who are gone.';

CREATE INDEX customers_status_idx ON customers (status);
CREATE INDEX "customers_createdAt_idx" ON customers ("createdAt");
CREATE INDEX "customers_lineUserId_idx" ON customers ("lineUserId");
CREATE INDEX customers_name_idx ON customers (name);

CREATE INDEX users_role_idx ON users (role);
CREATE INDEX "users_isActive_idx" ON users ("isActive");
CREATE INDEX users_email_idx ON users (email);

CREATE INDEX jobs_status_idx ON jobs (status);
CREATE INDEX "jobs_serviceType_idx" ON jobs ("serviceType");
CREATE INDEX "jobs_scheduledAt_idx" ON jobs ("scheduledAt");
CREATE INDEX "jobs_customerId_status_idx" ON jobs ("customerId", status);
CREATE INDEX "jobs_assignedToId_status_idx" ON jobs ("assignedToId", status);
CREATE INDEX jobs_status_priority_idx ON jobs (status, priority);

CREATE INDEX "quality_checks_jobId_idx" ON quality_checks ("jobId");
CREATE INDEX "quality_checks_checklistId_idx" ON quality_checks ("checklistId");

CREATE INDEX webhook_logs_status_idx ON webhook_logs (status);
CREATE INDEX "webhook_logs_processedAt_idx" ON webhook_logs ("processedAt");
CREATE INDEX "webhook_logs_jobId_idx" ON webhook_logs ("jobId");

CREATE INDEX "failed_webhooks_originalLogId_idx" ON failed_webhooks ("originalLogId");

CREATE INDEX "audit_logs_userId_idx" ON audit_logs ("userId");
