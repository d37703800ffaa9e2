-- Money given back to customers: refunds, the budgets they draw on, and every draw.

CREATE TYPE refund_reason AS ENUM (
  'DEFECTIVE_PRODUCT', 'NOT_AS_DESCRIBED', 'LATE_DELIVERY', 'DUPLICATE_CHARGE', 'SERVICE_ISSUE',
  'OTHER'
);
CREATE TYPE refund_status AS ENUM (
  'PENDING', 'APPROVED', 'REJECTED', 'PROCESSING', 'COMPLETED', 'FAILED'
);
CREATE TYPE budget_type AS ENUM ('REFUNDS', 'CREDITS', 'DISCOUNTS', 'OPERATIONS');
CREATE TYPE budget_period AS ENUM ('DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY');

CREATE TABLE budgets (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  name text NOT NULL,
  type budget_type NOT NULL,
  period budget_period NOT NULL DEFAULT 'MONTHLY',
  amount numeric(14,2) NOT NULL,
  spent numeric(14,2) NOT NULL DEFAULT 0,
  currency text NOT NULL DEFAULT 'USD',
  period_start date NOT NULL,
  period_end date NOT NULL,
  alert_thresholds jsonb NOT NULL DEFAULT '[]',
  owner_id uuid,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT budgets_pkey PRIMARY KEY (id),
  CONSTRAINT budgets_period_key UNIQUE (organization_id, type, period, period_start),
  CONSTRAINT budgets_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT budgets_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT budgets_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT budgets_amount_check CHECK (amount >= 0),
  CONSTRAINT budgets_spent_check CHECK (spent >= 0),
  CONSTRAINT budgets_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT budgets_period_order_check CHECK (period_end >= period_start)
);

COMMENT ON TABLE budgets IS 'What an organization may spend on one purpose in one period.';
COMMENT ON COLUMN budgets.amount IS 'Limit of the period.';
COMMENT ON COLUMN budgets.spent IS
  'Sum of budget_usage_records; may pass the amount, which alerts and does not refuse.';
COMMENT ON COLUMN budgets.period_end IS 'Last day of the period, included.';
COMMENT ON COLUMN budgets.alert_thresholds IS
  'Array of percentages of the amount at which the owner is told.';

CREATE INDEX idx_budgets_owner_id ON budgets (owner_id);
CREATE INDEX idx_budgets_created_by ON budgets (created_by);
CREATE INDEX idx_budgets_type ON budgets (type);
CREATE INDEX idx_budgets_period_start_period_end ON budgets (period_start, period_end);

CREATE TRIGGER trg_budgets_updated_at
  BEFORE UPDATE ON budgets
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE refunds (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  customer_id uuid,
  ticket_id uuid,
  agent_configuration_id uuid,
  decision_rule_id uuid,
  requested_by uuid,
  reviewed_by uuid,
  order_reference text,
  amount numeric(14,2) NOT NULL,
  currency text NOT NULL DEFAULT 'USD',
  reason refund_reason NOT NULL,
  status refund_status NOT NULL DEFAULT 'PENDING',
  notes text,
  requested_at timestamptz NOT NULL DEFAULT now(),
  reviewed_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT refunds_pkey PRIMARY KEY (id),
  CONSTRAINT refunds_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT refunds_customer_id_fkey FOREIGN KEY (customer_id)
    REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT refunds_ticket_id_fkey FOREIGN KEY (ticket_id)
    REFERENCES tickets (id) ON DELETE SET NULL,
  CONSTRAINT refunds_agent_configuration_id_fkey FOREIGN KEY (agent_configuration_id)
    REFERENCES agent_configurations (id) ON DELETE SET NULL,
  CONSTRAINT refunds_decision_rule_id_fkey FOREIGN KEY (decision_rule_id)
    REFERENCES decision_rules (id) ON DELETE SET NULL,
  CONSTRAINT refunds_requested_by_fkey FOREIGN KEY (requested_by)
    REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT refunds_reviewed_by_fkey FOREIGN KEY (reviewed_by)
    REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT refunds_amount_check CHECK (amount > 0),
  CONSTRAINT refunds_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);

COMMENT ON TABLE refunds IS 'A request of a customer for money back, and what became of it.';
COMMENT ON COLUMN refunds.customer_id IS
  'NULL once the account of the customer was erased; the payment stays on record.';
COMMENT ON COLUMN refunds.agent_configuration_id IS 'Agent that handled the request, if one did.';
COMMENT ON COLUMN refunds.decision_rule_id IS 'Rule that decided without a human, if one did.';
COMMENT ON COLUMN refunds.reviewed_by IS 'Administrator who approved or rejected.';
COMMENT ON COLUMN refunds.order_reference IS
  'Number of the order in the shop system of the organization.';

CREATE INDEX idx_refunds_customer_id ON refunds (customer_id);
CREATE INDEX idx_refunds_ticket_id ON refunds (ticket_id);
CREATE INDEX idx_refunds_agent_configuration_id ON refunds (agent_configuration_id);
CREATE INDEX idx_refunds_decision_rule_id ON refunds (decision_rule_id);
CREATE INDEX idx_refunds_requested_by ON refunds (requested_by);
CREATE INDEX idx_refunds_reviewed_by ON refunds (reviewed_by);
CREATE INDEX idx_refunds_organization_id_status ON refunds (organization_id, status);
CREATE INDEX idx_refunds_status ON refunds (status);
CREATE INDEX idx_refunds_reason ON refunds (reason);
CREATE INDEX idx_refunds_organization_id_requested_at
  ON refunds (organization_id, requested_at DESC);

CREATE TRIGGER trg_refunds_updated_at
  BEFORE UPDATE ON refunds
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE budget_usage_records (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  budget_id uuid NOT NULL,
  refund_id uuid,
  recorded_by uuid,
  amount numeric(14,2) NOT NULL,
  description text,
  used_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT budget_usage_records_pkey PRIMARY KEY (id),
  CONSTRAINT budget_usage_records_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT budget_usage_records_budget_id_fkey FOREIGN KEY (budget_id)
    REFERENCES budgets (id) ON DELETE CASCADE,
  CONSTRAINT budget_usage_records_refund_id_fkey FOREIGN KEY (refund_id)
    REFERENCES refunds (id) ON DELETE SET NULL,
  CONSTRAINT budget_usage_records_recorded_by_fkey FOREIGN KEY (recorded_by)
    REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT budget_usage_records_amount_check CHECK (amount <> 0)
);

COMMENT ON TABLE budget_usage_records IS 'One draw on a budget; the sum of them is budgets.spent.';
COMMENT ON COLUMN budget_usage_records.recorded_by IS 'NULL when an AI agent recorded it.';
COMMENT ON COLUMN budget_usage_records.amount IS 'Negative for a correction.';

CREATE INDEX idx_budget_usage_records_refund_id ON budget_usage_records (refund_id);
CREATE INDEX idx_budget_usage_records_recorded_by ON budget_usage_records (recorded_by);
CREATE INDEX idx_budget_usage_records_budget_id_used_at
  ON budget_usage_records (budget_id, used_at DESC);
CREATE INDEX idx_budget_usage_records_organization_id_used_at
  ON budget_usage_records (organization_id, used_at DESC);
