-- AI agents of an organization and the rules by which they decide.

CREATE TYPE agent_type AS ENUM (
  'CUSTOMER_SERVICE', 'REFUND_PROCESSING', 'TICKET_TRIAGE', 'ANALYTICS'
);
CREATE TYPE agent_status AS ENUM ('ACTIVE', 'INACTIVE', 'TRAINING', 'ERROR');
CREATE TYPE decision_rule_action AS ENUM (
  'AUTO_APPROVE', 'AUTO_REJECT', 'REQUIRE_APPROVAL', 'ESCALATE', 'NOTIFY'
);

CREATE TABLE agent_configurations (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  name text NOT NULL,
  type agent_type NOT NULL,
  status agent_status NOT NULL DEFAULT 'INACTIVE',
  description text,
  model text NOT NULL,
  system_prompt text,
  thresholds jsonb NOT NULL DEFAULT '{}',
  data_sources jsonb NOT NULL DEFAULT '[]',
  created_by uuid,
  last_run_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT agent_configurations_pkey PRIMARY KEY (id),
  CONSTRAINT agent_configurations_organization_id_name_key UNIQUE (organization_id, name),
  CONSTRAINT agent_configurations_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT agent_configurations_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES users (id) ON DELETE SET NULL
);

COMMENT ON TABLE agent_configurations IS
  'How one AI agent of an organization is set up: model, limits, sources.';
COMMENT ON COLUMN agent_configurations.model IS
  'Identifier of the language model as its provider spells it.';
COMMENT ON COLUMN agent_configurations.thresholds IS
  'Object of limits by name, such as the least confidence to answer without a human.';
COMMENT ON COLUMN agent_configurations.data_sources IS
  'Array of the sources that the agent may read.';

CREATE INDEX idx_agent_configurations_created_by ON agent_configurations (created_by);
CREATE INDEX idx_agent_configurations_organization_id_status
  ON agent_configurations (organization_id, status);
CREATE INDEX idx_agent_configurations_type ON agent_configurations (type);
CREATE INDEX idx_agent_configurations_status ON agent_configurations (status);

CREATE TRIGGER trg_agent_configurations_updated_at
  BEFORE UPDATE ON agent_configurations
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE decision_rules (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  agent_configuration_id uuid,
  applies_to_all_agents boolean NOT NULL DEFAULT false,
  name text NOT NULL,
  description text,
  action decision_rule_action NOT NULL,
  conditions jsonb NOT NULL DEFAULT '{}',
  priority integer NOT NULL DEFAULT 100,
  is_active boolean NOT NULL DEFAULT true,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT decision_rules_pkey PRIMARY KEY (id),
  CONSTRAINT decision_rules_organization_id_name_key UNIQUE (organization_id, name),
  CONSTRAINT decision_rules_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT decision_rules_agent_configuration_id_fkey FOREIGN KEY (agent_configuration_id)
    REFERENCES agent_configurations (id) ON DELETE SET NULL,
  CONSTRAINT decision_rules_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT decision_rules_agents_check CHECK (
    agent_configuration_id IS NULL OR NOT applies_to_all_agents
  ),
  CONSTRAINT decision_rules_priority_check CHECK (priority >= 0)
);

COMMENT ON TABLE decision_rules IS
  'What agents do with a case; of the rules that match, the lowest priority number wins.';
COMMENT ON COLUMN decision_rules.agent_configuration_id IS
  'NULL for a rule of all agents, and for one whose agent is gone: that one holds for no agent.';
COMMENT ON COLUMN decision_rules.applies_to_all_agents IS
  'Said apart, so that the rule of a removed agent does not begin to hold for the others.';
COMMENT ON COLUMN decision_rules.conditions IS 'Object of conditions that must all hold.';

CREATE INDEX idx_decision_rules_agent_configuration_id ON decision_rules (agent_configuration_id);
CREATE INDEX idx_decision_rules_created_by ON decision_rules (created_by);
CREATE INDEX idx_decision_rules_organization_id_is_active_priority
  ON decision_rules (organization_id, is_active, priority);
CREATE INDEX idx_decision_rules_action ON decision_rules (action);
CREATE INDEX idx_decision_rules_priority ON decision_rules (priority);

CREATE TRIGGER trg_decision_rules_updated_at
  BEFORE UPDATE ON decision_rules
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
