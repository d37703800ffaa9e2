-- The organization API: people, support, agents, refunds and performance. Read from the catalog,
-- under whatever schema name comes first in the search path.
-- The 13 tables of the document.
-- expect: agent_configurations, budget_usage_records, budgets, customer_profiles, decision_rules, escalations, organizations, performance_metrics, refunds, representatives, team_performance, tickets, users
SELECT string_agg(relname, ', ' ORDER BY relname)
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p');

-- The document says 23 enums.
-- expect: 23
SELECT count(*)::text
FROM pg_type
WHERE typnamespace = current_schema()::regnamespace AND typtype = 'e';

-- Every enum with its values in order.
-- expect: account_standing (GOOD WARNING PAST_DUE SUSPENDED), account_tier (BASIC STANDARD PREMIUM ENTERPRISE), agent_status (ACTIVE INACTIVE TRAINING ERROR), agent_type (CUSTOMER_SERVICE REFUND_PROCESSING TICKET_TRIAGE ANALYTICS), budget_period (DAILY WEEKLY MONTHLY QUARTERLY YEARLY), budget_type (REFUNDS CREDITS DISCOUNTS OPERATIONS), decision_rule_action (AUTO_APPROVE AUTO_REJECT REQUIRE_APPROVAL ESCALATE NOTIFY), escalation_priority (LOW MEDIUM HIGH CRITICAL), escalation_reason (CUSTOMER_REQUEST NEGATIVE_SENTIMENT LOW_CONFIDENCE COMPLEX_ISSUE POLICY_EXCEPTION HIGH_VALUE_CUSTOMER), escalation_status (PENDING ASSIGNED IN_PROGRESS RESOLVED CANCELLED), metric_period (HOUR DAY WEEK MONTH QUARTER YEAR), organization_plan (FREE STARTER PROFESSIONAL ENTERPRISE), organization_status (TRIAL ACTIVE SUSPENDED CANCELLED), performance_trend (UP STABLE DOWN), refund_reason (DEFECTIVE_PRODUCT NOT_AS_DESCRIBED LATE_DELIVERY DUPLICATE_CHARGE SERVICE_ISSUE OTHER), refund_status (PENDING APPROVED REJECTED PROCESSING COMPLETED FAILED), representative_role (AGENT SENIOR_AGENT TEAM_LEAD MANAGER), representative_status (ONLINE BUSY AWAY OFFLINE), team_performance_period (DAY WEEK MONTH QUARTER), ticket_category (TECHNICAL_ISSUE BILLING ACCOUNT PRODUCT_QUESTION REFUND_REQUEST FEATURE_REQUEST OTHER), ticket_priority (LOW MEDIUM HIGH URGENT), ticket_status (OPEN IN_PROGRESS WAITING_ON_CUSTOMER ESCALATED RESOLVED CLOSED), user_role (CUSTOMER REPRESENTATIVE ADMIN)
SELECT string_agg(t.typname || ' (' || v.labels || ')', ', ' ORDER BY t.typname)
FROM pg_type AS t
CROSS JOIN LATERAL (
  SELECT string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder) AS labels
  FROM pg_enum AS e
  WHERE e.enumtypid = t.oid
) AS v
WHERE t.typnamespace = current_schema()::regnamespace AND t.typtype = 'e';

-- Which column has which enum: each of the 23 is used, and periods of teams have a type of their own.
-- expect: agent_configurations.type agent_type, agent_configurations.status agent_status, budgets.type budget_type, budgets.period budget_period, customer_profiles.tier account_tier, customer_profiles.standing account_standing, decision_rules.action decision_rule_action, escalations.reason escalation_reason, escalations.priority escalation_priority, escalations.status escalation_status, organizations.plan organization_plan, organizations.status organization_status, performance_metrics.period metric_period, performance_metrics.trend performance_trend, refunds.reason refund_reason, refunds.status refund_status, representatives.role representative_role, representatives.status representative_status, team_performance.period team_performance_period, team_performance.trend performance_trend, tickets.status ticket_status, tickets.priority ticket_priority, tickets.category ticket_category, users.role user_role
SELECT string_agg(c.relname || '.' || a.attname || ' ' || t.typname, ', ' ORDER BY c.relname, a.attnum)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid AND t.typtype = 'e'
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r';

-- Secondary indexes: those that back neither a primary key nor a unique constraint; at least 60.
-- expect: 65 of 13 tables, valid and ready 65
SELECT count(*) || ' of ' || count(DISTINCT i.indrelid) || ' tables, valid and ready ' || count(*) FILTER (WHERE i.indisvalid AND i.indisready)
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- Names of the secondary indexes.
-- expect: idx_agent_configurations_created_by, idx_agent_configurations_organization_id_status, idx_agent_configurations_status, idx_agent_configurations_type, idx_budget_usage_records_budget_id_used_at, idx_budget_usage_records_organization_id_used_at, idx_budget_usage_records_recorded_by, idx_budget_usage_records_refund_id, idx_budgets_created_by, idx_budgets_owner_id, idx_budgets_period_start_period_end, idx_budgets_type, idx_customer_profiles_assigned_representative_id, idx_customer_profiles_last_contact_at, idx_customer_profiles_organization_id_standing, idx_customer_profiles_organization_id_tier, idx_decision_rules_action, idx_decision_rules_agent_configuration_id, idx_decision_rules_created_by, idx_decision_rules_organization_id_is_active_priority, idx_decision_rules_priority, idx_escalations_assigned_representative_id, idx_escalations_customer_id, idx_escalations_escalated_by, idx_escalations_organization_id_escalated_at, idx_escalations_organization_id_status_priority, idx_escalations_priority, idx_escalations_reason, idx_escalations_resolved_by, idx_escalations_status, idx_escalations_ticket_id, idx_organizations_created_at, idx_organizations_plan, idx_organizations_status, idx_performance_metrics_period, idx_performance_metrics_period_start, idx_refunds_agent_configuration_id, idx_refunds_customer_id, idx_refunds_decision_rule_id, idx_refunds_organization_id_requested_at, idx_refunds_organization_id_status, idx_refunds_reason, idx_refunds_requested_by, idx_refunds_reviewed_by, idx_refunds_status, idx_refunds_ticket_id, idx_representatives_manager_id, idx_representatives_organization_id_status, idx_representatives_role, idx_team_performance_organization_id_period_start, idx_team_performance_period, idx_tickets_assigned_representative_id, idx_tickets_category, idx_tickets_created_by, idx_tickets_customer_id, idx_tickets_due_at, idx_tickets_organization_id_created_at, idx_tickets_organization_id_status_priority, idx_tickets_priority, idx_tickets_status, idx_tickets_tags, idx_users_created_at, idx_users_last_login_at, idx_users_organization_id_is_active, idx_users_organization_id_role
SELECT string_agg(c.relname, ', ' ORDER BY c.relname)
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- Foreign keys by action: at least 30 in all, no other action than these two.
-- expect: cascade 18, set null 21
SELECT string_agg(action || ' ' || n, ', ' ORDER BY action)
FROM (
  SELECT CASE confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'other' END AS action, count(*) AS n
  FROM pg_constraint
  WHERE connamespace = current_schema()::regnamespace AND contype = 'f' AND convalidated AND confupdtype = 'a'
  GROUP BY 1
) AS k;

-- Every foreign key: columns, target, action.
-- expect: agent_configurations.organization_id -> organizations.id on delete cascade, agent_configurations.created_by -> users.id on delete set null, budget_usage_records.organization_id -> organizations.id on delete cascade, budget_usage_records.budget_id -> budgets.id on delete cascade, budget_usage_records.refund_id -> refunds.id on delete set null, budget_usage_records.recorded_by -> users.id on delete set null, budgets.organization_id -> organizations.id on delete cascade, budgets.owner_id -> users.id on delete set null, budgets.created_by -> users.id on delete set null, customer_profiles.organization_id -> organizations.id on delete cascade, customer_profiles.user_id -> users.id on delete cascade, customer_profiles.assigned_representative_id -> representatives.id on delete set null, decision_rules.organization_id -> organizations.id on delete cascade, decision_rules.agent_configuration_id -> agent_configurations.id on delete set null, decision_rules.created_by -> users.id on delete set null, escalations.organization_id -> organizations.id on delete cascade, escalations.ticket_id -> tickets.id on delete set null, escalations.customer_id -> users.id on delete cascade, escalations.escalated_by -> users.id on delete set null, escalations.assigned_representative_id -> representatives.id on delete set null, escalations.resolved_by -> representatives.id on delete set null, performance_metrics.organization_id -> organizations.id on delete cascade, refunds.organization_id -> organizations.id on delete cascade, refunds.customer_id -> users.id on delete set null, refunds.ticket_id -> tickets.id on delete set null, refunds.agent_configuration_id -> agent_configurations.id on delete set null, refunds.decision_rule_id -> decision_rules.id on delete set null, refunds.requested_by -> users.id on delete set null, refunds.reviewed_by -> users.id on delete set null, representatives.organization_id -> organizations.id on delete cascade, representatives.user_id -> users.id on delete cascade, representatives.manager_id -> representatives.id on delete set null, team_performance.organization_id -> organizations.id on delete cascade, team_performance.representative_id -> representatives.id on delete cascade, tickets.organization_id -> organizations.id on delete cascade, tickets.customer_id -> users.id on delete cascade, tickets.assigned_representative_id -> representatives.id on delete set null, tickets.created_by -> users.id on delete set null, users.organization_id -> organizations.id on delete cascade
SELECT string_agg(
  c.relname || '.' || a.attname || ' -> ' || r.relname || '.' || ra.attname
    || CASE k.confdeltype WHEN 'c' THEN ' on delete cascade' WHEN 'n' THEN ' on delete set null' ELSE ' ' || k.confdeltype::text END,
  ', ' ORDER BY c.relname, a.attnum)
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_class AS r ON r.oid = k.confrelid
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute AS ra ON ra.attrelid = k.confrelid AND ra.attnum = k.confkey[1]
WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f' AND cardinality(k.conkey) = 1;

-- A link that is set null must be nullable, and a child record must have its parent.
-- expect: none
SELECT coalesce(string_agg(c.relname || '.' || a.attname, ', ' ORDER BY c.relname, a.attnum), 'none')
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f'
  AND a.attnotnull <> (k.confdeltype = 'c');

-- Foreign keys without an index that leads with their columns.
-- expect: none
SELECT coalesce(string_agg(k.conname, ', ' ORDER BY k.conname), 'none')
FROM pg_constraint AS k
WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f'
  AND NOT EXISTS (
    SELECT
    FROM pg_index AS i
    WHERE i.indrelid = k.conrelid AND i.indpred IS NULL AND i.indisvalid
      AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
  );

-- The one table without organization_id.
-- expect: organizations
SELECT string_agg(c.relname, ', ' ORDER BY c.relname)
FROM pg_class AS c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND NOT EXISTS (
    SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND a.attnotnull AND a.atttypid = 'uuid'::regtype
  );

-- Tables whose organization_id leads an index.
-- expect: 12
SELECT count(DISTINCT a.attrelid)::text
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r'
JOIN pg_index AS i ON i.indrelid = a.attrelid AND i.indkey[0] = a.attnum AND i.indpred IS NULL
WHERE c.relnamespace = current_schema()::regnamespace AND a.attname = 'organization_id';

-- JSONB where the document lists it: settings, context and preferences, alert thresholds, thresholds and data sources, conditions, tags.
-- expect: agent_configurations.thresholds, agent_configurations.data_sources, budgets.alert_thresholds, customer_profiles.context, customer_profiles.preferences, decision_rules.conditions, organizations.settings, tickets.tags
SELECT string_agg(c.relname || '.' || a.attname, ', ' ORDER BY c.relname, a.attnum)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.atttypid = 'jsonb'::regtype;

-- Unique constraints.
-- expect: agent_configurations_organization_id_name_key, budgets_period_key, customer_profiles_user_id_key, decision_rules_organization_id_name_key, organizations_slug_key, performance_metrics_period_key, representatives_user_id_key, team_performance_period_key, tickets_organization_id_ticket_number_key, users_email_key
SELECT string_agg(conname, ', ' ORDER BY conname)
FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace AND contype = 'u';

-- Check constraints.
-- expect: budget_usage_records_amount_check, budgets_amount_check, budgets_currency_check, budgets_period_order_check, budgets_spent_check, customer_profiles_lifetime_value_check, customer_profiles_total_orders_check, decision_rules_agents_check, decision_rules_priority_check, organizations_slug_lowercase_check, performance_metrics_ai_resolution_rate_check, performance_metrics_avg_first_response_seconds_check, performance_metrics_avg_resolution_seconds_check, performance_metrics_escalations_check, performance_metrics_period_order_check, performance_metrics_refunds_amount_check, performance_metrics_refunds_count_check, performance_metrics_satisfaction_score_check, performance_metrics_tickets_opened_check, performance_metrics_tickets_resolved_check, refunds_amount_check, refunds_currency_check, representatives_manager_not_self_check, representatives_max_concurrent_tickets_check, team_performance_avg_first_response_seconds_check, team_performance_avg_resolution_seconds_check, team_performance_escalations_handled_check, team_performance_period_order_check, team_performance_satisfaction_score_check, team_performance_tickets_handled_check, team_performance_tickets_resolved_check, users_email_lowercase_check
SELECT string_agg(conname, ', ' ORDER BY conname)
FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace AND contype = 'c';

-- Columns of tickets that the document's example writes.
-- expect: category, customer_id, description, priority, status, subject, ticket_number
SELECT string_agg(attname, ', ' ORDER BY attname)
FROM pg_attribute
WHERE attrelid = 'tickets'::regclass AND attnotnull
  AND attname IN ('ticket_number', 'subject', 'description', 'status', 'priority', 'category', 'customer_id');

-- Columns that the document's examples read.
-- expect: budgets.spent numeric(14,2), team_performance.period team_performance_period, team_performance.period_start timestamp with time zone
SELECT string_agg(c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY c.relname, a.attname)
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace
  AND (c.relname, a.attname) IN (('budgets', 'spent'), ('team_performance', 'period'), ('team_performance', 'period_start'));

-- Every primary key is one UUID column.
-- expect: uuid 13
SELECT string_agg(type || ' ' || n, ', ' ORDER BY type)
FROM (
  SELECT format_type(a.atttypid, a.atttypmod) AS type, count(*) AS n
  FROM pg_constraint AS k
  JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
  WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'p'
  GROUP BY 1
) AS p;

-- Columns that hold a time without its zone.
-- expect: none
SELECT coalesce(string_agg(c.relname || '.' || a.attname, ', ' ORDER BY c.relname, a.attnum), 'none')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND a.atttypid IN ('timestamp'::regtype, 'time'::regtype);

-- Tables with updated_at that have the trigger which stamps it.
-- expect: 12 of 12
SELECT count(t.oid) || ' of ' || count(*)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'updated_at' AND NOT a.attisdropped
LEFT JOIN pg_trigger AS t
  ON t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'O' AND t.tgfoid = 'set_updated_at()'::regprocedure
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r';

-- Tables without a comment.
-- expect: none
SELECT coalesce(string_agg(relname, ', ' ORDER BY relname), 'none')
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND obj_description(oid, 'pg_class') IS NULL;
