-- The Tinedy CRM: jobs, quality control, training, webhooks and audit trail. Read from the catalog,
-- under whatever schema name comes first in the search path.
-- The tables.
-- expect: audit_logs, customers, failed_webhooks, jobs, quality_checklists, quality_checks, training_workflows, users, webhook_logs
SELECT string_agg(relname, ', ' ORDER BY relname COLLATE "C")
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p');

-- The columns of customers, in order.
-- expect: id text not null, lineUserId text, name text not null, phone text, email text, address text, notes text, status "CustomerStatus" not null default 'ACTIVE'::"CustomerStatus", createdAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP, updatedAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'customers'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of users, in order.
-- expect: id text not null, email text not null, name text not null, role "UserRole" not null default 'OPERATIONS'::"UserRole", isActive boolean not null default true, createdAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP, updatedAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'users'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of jobs, in order.
-- expect: id text not null, customerId text not null, assignedToId text, serviceType text not null, description text, status "JobStatus" not null default 'NEW'::"JobStatus", priority "Priority" not null default 'MEDIUM'::"Priority", scheduledAt timestamp(3) without time zone, completedAt timestamp(3) without time zone, n8nWorkflowId text, webhookData jsonb, createdAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP, updatedAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'jobs'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of quality_checklists, in order.
-- expect: id text not null, name text not null, description text, items jsonb not null, isActive boolean not null default true, createdAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP, updatedAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'quality_checklists'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of quality_checks, in order.
-- expect: id text not null, jobId text not null, checklistId text not null, status "QCStatus" not null default 'PENDING'::"QCStatus", completedBy text, completedAt timestamp(3) without time zone, notes text, createdAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP, updatedAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'quality_checks'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of training_workflows, in order.
-- expect: id text not null, jobId text not null, status "TrainingStatus" not null default 'AWAITING_DOCUMENTS'::"TrainingStatus", documentsReceived boolean not null default false, trainingCompleted boolean not null default false, notes text, createdAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP, updatedAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'training_workflows'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of webhook_logs, in order.
-- expect: id text not null, source text not null, workflowId text, executionId text, jobId text, payload jsonb not null, status "WebhookStatus" not null default 'RECEIVED'::"WebhookStatus", processedAt timestamp(3) without time zone, errorMessage text, retryCount integer not null default 0, createdAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP, updatedAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'webhook_logs'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of failed_webhooks, in order.
-- expect: id text not null, originalLogId text, payload jsonb not null, errorDetails text not null, retryAfter timestamp(3) without time zone, manualReview boolean not null default false, createdAt timestamp(3) without time zone not null default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'failed_webhooks'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The columns of audit_logs, in order.
-- expect: id text not null, entityType text not null, entityId text not null, action text not null, oldValues jsonb, newValues jsonb, userId text, timestamp timestamp(3) without time zone not null default CURRENT_TIMESTAMP
SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
    'default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
FROM pg_attribute AS a
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'audit_logs'::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- The enums, each with its values in order.
-- expect: CustomerStatus = ACTIVE < INACTIVE < BLOCKED; JobStatus = NEW < IN_PROGRESS < COMPLETED < CANCELLED < ON_HOLD; Priority = LOW < MEDIUM < HIGH < URGENT; QCStatus = PENDING < IN_PROGRESS < PASSED < FAILED < NEEDS_REVIEW; TrainingStatus = AWAITING_DOCUMENTS < DOCUMENTS_RECEIVED < TRAINING_IN_PROGRESS < TRAINING_COMPLETED < COMPLETED; UserRole = ADMIN < OPERATIONS < TRAINING < QC_MANAGER; WebhookStatus = RECEIVED < PROCESSING < PROCESSED < FAILED < RETRY_NEEDED
SELECT string_agg(typname || ' = ' || enum_values, '; ' ORDER BY typname COLLATE "C")
FROM (
  SELECT t.typname, string_agg(e.enumlabel, ' < ' ORDER BY e.enumsortorder) AS enum_values
  FROM pg_type AS t
  JOIN pg_enum AS e ON e.enumtypid = t.oid
  WHERE t.typnamespace = quote_ident(current_schema())::regnamespace
  GROUP BY t.typname
) AS enums;

-- How many enums.
-- expect: 7
SELECT count(*)::text FROM pg_type WHERE typnamespace = quote_ident(current_schema())::regnamespace AND typtype = 'e';

-- The secondary indexes: those that back no constraint.
-- expect: audit_logs_userId_idx audit_logs USING btree ("userId"); customers_createdAt_idx customers USING btree ("createdAt"); customers_lineUserId_idx customers USING btree ("lineUserId"); customers_name_idx customers USING btree (name); customers_status_idx customers USING btree (status); failed_webhooks_originalLogId_idx failed_webhooks USING btree ("originalLogId"); jobs_assignedToId_status_idx jobs USING btree ("assignedToId", status); jobs_customerId_status_idx jobs USING btree ("customerId", status); jobs_scheduledAt_idx jobs USING btree ("scheduledAt"); jobs_serviceType_idx jobs USING btree ("serviceType"); jobs_status_idx jobs USING btree (status); jobs_status_priority_idx jobs USING btree (status, priority); quality_checks_checklistId_idx quality_checks USING btree ("checklistId"); quality_checks_jobId_idx quality_checks USING btree ("jobId"); users_email_idx users USING btree (email); users_isActive_idx users USING btree ("isActive"); users_role_idx users USING btree (role); webhook_logs_jobId_idx webhook_logs USING btree ("jobId"); webhook_logs_processedAt_idx webhook_logs USING btree ("processedAt"); webhook_logs_status_idx webhook_logs USING btree (status)
SELECT string_agg(c.relname || CASE WHEN i.indisunique THEN ' unique ' ELSE ' ' END || t.relname
    || substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*'), '; ' ORDER BY c.relname COLLATE "C")
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- How many of them have one column.
-- expect: 17
SELECT count(*)::text
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND i.indnatts = 1
  AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- How many of them have several.
-- expect: 3
SELECT count(*)::text
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND i.indnatts > 1
  AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- No index is invalid or not ready.
-- expect: none
SELECT coalesce(string_agg(c.relname, ', ' ORDER BY c.relname COLLATE "C"), 'none')
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT (i.indisvalid AND i.indisready);

-- Primary keys.
-- expect: audit_logs.audit_logs_pkey PRIMARY KEY (id); customers.customers_pkey PRIMARY KEY (id); failed_webhooks.failed_webhooks_pkey PRIMARY KEY (id); jobs.jobs_pkey PRIMARY KEY (id); quality_checklists.quality_checklists_pkey PRIMARY KEY (id); quality_checks.quality_checks_pkey PRIMARY KEY (id); training_workflows.training_workflows_pkey PRIMARY KEY (id); users.users_pkey PRIMARY KEY (id); webhook_logs.webhook_logs_pkey PRIMARY KEY (id)
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('p');

-- Unique constraints.
-- expect: customers.customers_lineUserId_key UNIQUE ("lineUserId"); training_workflows.training_workflows_jobId_key UNIQUE ("jobId"); users.users_email_key UNIQUE (email)
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('u');

-- Foreign keys.
-- expect: audit_logs.audit_logs_userId_fkey FOREIGN KEY ("userId") REFERENCES users(id) ON UPDATE CASCADE ON DELETE SET NULL; failed_webhooks.failed_webhooks_originalLogId_fkey FOREIGN KEY ("originalLogId") REFERENCES webhook_logs(id) ON UPDATE CASCADE ON DELETE SET NULL; jobs.jobs_assignedToId_fkey FOREIGN KEY ("assignedToId") REFERENCES users(id) ON UPDATE CASCADE ON DELETE SET NULL; jobs.jobs_customerId_fkey FOREIGN KEY ("customerId") REFERENCES customers(id) ON UPDATE CASCADE ON DELETE RESTRICT; quality_checks.quality_checks_checklistId_fkey FOREIGN KEY ("checklistId") REFERENCES quality_checklists(id) ON UPDATE CASCADE ON DELETE RESTRICT; quality_checks.quality_checks_jobId_fkey FOREIGN KEY ("jobId") REFERENCES jobs(id) ON UPDATE CASCADE ON DELETE CASCADE; training_workflows.training_workflows_jobId_fkey FOREIGN KEY ("jobId") REFERENCES jobs(id) ON UPDATE CASCADE ON DELETE CASCADE; webhook_logs.webhook_logs_jobId_fkey FOREIGN KEY ("jobId") REFERENCES jobs(id) ON UPDATE CASCADE ON DELETE SET NULL
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('f');

-- Checks.
-- expect: none
SELECT coalesce(string_agg(t.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid), '; '
  ORDER BY t.relname COLLATE "C", k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype IN ('c');

-- No foreign key lacks an index that leads with its columns.
-- expect: none
SELECT coalesce(string_agg(k.conname, ', ' ORDER BY k.conname COLLATE "C"), 'none')
FROM pg_constraint AS k
WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype = 'f'
  AND NOT EXISTS (
    SELECT
    FROM pg_index AS i
    WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
      AND (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
  );

-- The triggers.
-- expect: none
SELECT coalesce(string_agg(c.relname || '.' || t.tgname || ' '
    || concat_ws(' ', CASE WHEN t.tgtype & 2 > 0 THEN 'before' ELSE 'after' END,
      CASE WHEN t.tgtype & 4 > 0 THEN 'insert' END, CASE WHEN t.tgtype & 8 > 0 THEN 'delete' END,
      CASE WHEN t.tgtype & 16 > 0 THEN 'update' END, CASE WHEN t.tgtype & 32 > 0 THEN 'truncate' END,
      CASE WHEN t.tgtype & 1 > 0 THEN 'row' ELSE 'statement' END, p.proname), '; '
  ORDER BY c.relname COLLATE "C", t.tgname COLLATE "C"), 'none')
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_proc AS p ON p.oid = t.tgfoid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT t.tgisinternal;

-- The functions.
-- expect: none
SELECT coalesce(string_agg(concat_ws(' ', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', 'returns',
    pg_get_function_result(p.oid), l.lanname, CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
    CASE WHEN p.prosecdef THEN 'security definer' END, 'set ' || array_to_string(p.proconfig, ' ')), '; '
  ORDER BY p.proname COLLATE "C"), 'none')
FROM pg_proc AS p
JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = quote_ident(current_schema())::regnamespace;

-- No table lacks a comment.
-- expect: none
SELECT coalesce(string_agg(relname, ', ' ORDER BY relname COLLATE "C"), 'none')
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p')
  AND obj_description(oid, 'pg_class') IS NULL;
