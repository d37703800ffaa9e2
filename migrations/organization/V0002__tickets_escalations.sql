-- Support work: tickets and the conversations that were escalated to a human.

CREATE TYPE ticket_status AS ENUM (
  'OPEN', 'IN_PROGRESS', 'WAITING_ON_CUSTOMER', 'ESCALATED', 'RESOLVED', 'CLOSED'
);
CREATE TYPE ticket_priority AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'URGENT');
CREATE TYPE ticket_category AS ENUM (
  'TECHNICAL_ISSUE', 'BILLING', 'ACCOUNT', 'PRODUCT_QUESTION', 'REFUND_REQUEST', 'FEATURE_REQUEST',
  'OTHER'
);
CREATE TYPE escalation_priority AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL');
CREATE TYPE escalation_status AS ENUM (
  'PENDING', 'ASSIGNED', 'IN_PROGRESS', 'RESOLVED', 'CANCELLED'
);
CREATE TYPE escalation_reason AS ENUM (
  'CUSTOMER_REQUEST', 'NEGATIVE_SENTIMENT', 'LOW_CONFIDENCE', 'COMPLEX_ISSUE', 'POLICY_EXCEPTION',
  'HIGH_VALUE_CUSTOMER'
);

CREATE TABLE tickets (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  ticket_number text NOT NULL,
  customer_id uuid NOT NULL,
  assigned_representative_id uuid,
  created_by uuid,
  subject text NOT NULL,
  description text NOT NULL,
  status ticket_status NOT NULL DEFAULT 'OPEN',
  priority ticket_priority NOT NULL DEFAULT 'MEDIUM',
  category ticket_category NOT NULL DEFAULT 'OTHER',
  tags jsonb NOT NULL DEFAULT '[]',
  due_at timestamptz,
  first_response_at timestamptz,
  resolved_at timestamptz,
  closed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tickets_pkey PRIMARY KEY (id),
  CONSTRAINT tickets_organization_id_ticket_number_key UNIQUE (organization_id, ticket_number),
  CONSTRAINT tickets_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT tickets_customer_id_fkey FOREIGN KEY (customer_id)
    REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT tickets_assigned_representative_id_fkey FOREIGN KEY (assigned_representative_id)
    REFERENCES representatives (id) ON DELETE SET NULL,
  CONSTRAINT tickets_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES users (id) ON DELETE SET NULL
);

COMMENT ON TABLE tickets IS 'One customer issue from first contact to its close.';
COMMENT ON COLUMN tickets.ticket_number IS
  'Number shown to the customer, such as TICKET-1234; unique within the organization.';
COMMENT ON COLUMN tickets.created_by IS
  'Who opened it: the customer, or a representative in the name of the customer.';
COMMENT ON COLUMN tickets.tags IS 'Array of strings.';
COMMENT ON COLUMN tickets.due_at IS 'When the service level promises a resolution.';

CREATE INDEX idx_tickets_customer_id ON tickets (customer_id);
CREATE INDEX idx_tickets_assigned_representative_id ON tickets (assigned_representative_id);
CREATE INDEX idx_tickets_created_by ON tickets (created_by);
CREATE INDEX idx_tickets_organization_id_status_priority
  ON tickets (organization_id, status, priority);
CREATE INDEX idx_tickets_status ON tickets (status);
CREATE INDEX idx_tickets_priority ON tickets (priority);
CREATE INDEX idx_tickets_category ON tickets (category);
CREATE INDEX idx_tickets_organization_id_created_at ON tickets (organization_id, created_at DESC);
CREATE INDEX idx_tickets_due_at ON tickets (due_at);
CREATE INDEX idx_tickets_tags ON tickets USING gin (tags);

CREATE TRIGGER trg_tickets_updated_at
  BEFORE UPDATE ON tickets
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE escalations (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  ticket_id uuid,
  customer_id uuid NOT NULL,
  escalated_by uuid,
  assigned_representative_id uuid,
  resolved_by uuid,
  reason escalation_reason NOT NULL,
  priority escalation_priority NOT NULL DEFAULT 'MEDIUM',
  status escalation_status NOT NULL DEFAULT 'PENDING',
  summary text NOT NULL,
  resolution text,
  escalated_at timestamptz NOT NULL DEFAULT now(),
  assigned_at timestamptz,
  resolved_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT escalations_pkey PRIMARY KEY (id),
  CONSTRAINT escalations_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT escalations_ticket_id_fkey FOREIGN KEY (ticket_id)
    REFERENCES tickets (id) ON DELETE SET NULL,
  CONSTRAINT escalations_customer_id_fkey FOREIGN KEY (customer_id)
    REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT escalations_escalated_by_fkey FOREIGN KEY (escalated_by)
    REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT escalations_assigned_representative_id_fkey FOREIGN KEY (assigned_representative_id)
    REFERENCES representatives (id) ON DELETE SET NULL,
  CONSTRAINT escalations_resolved_by_fkey FOREIGN KEY (resolved_by)
    REFERENCES representatives (id) ON DELETE SET NULL
);

COMMENT ON TABLE escalations IS
  'A conversation that left the automated path and waits for, or was given to, a representative.';
COMMENT ON COLUMN escalations.ticket_id IS 'NULL when the conversation never became a ticket.';
COMMENT ON COLUMN escalations.escalated_by IS 'NULL when an AI agent escalated by itself.';

CREATE INDEX idx_escalations_ticket_id ON escalations (ticket_id);
CREATE INDEX idx_escalations_customer_id ON escalations (customer_id);
CREATE INDEX idx_escalations_escalated_by ON escalations (escalated_by);
CREATE INDEX idx_escalations_assigned_representative_id ON escalations (assigned_representative_id);
CREATE INDEX idx_escalations_resolved_by ON escalations (resolved_by);
CREATE INDEX idx_escalations_organization_id_status_priority
  ON escalations (organization_id, status, priority);
CREATE INDEX idx_escalations_status ON escalations (status);
CREATE INDEX idx_escalations_priority ON escalations (priority);
CREATE INDEX idx_escalations_reason ON escalations (reason);
CREATE INDEX idx_escalations_organization_id_escalated_at
  ON escalations (organization_id, escalated_at DESC);

CREATE TRIGGER trg_escalations_updated_at
  BEFORE UPDATE ON escalations
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
