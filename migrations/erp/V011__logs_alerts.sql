-- Logs and alerts: system, human and webhook logs, alert rules and alerts, notes.

CREATE TABLE system_logs (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint,
  level text NOT NULL DEFAULT 'info',
  source text NOT NULL,
  message text NOT NULL,
  request_id uuid,
  context jsonb NOT NULL DEFAULT '{}',
  occurred_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT system_logs_pkey PRIMARY KEY (id),
  CONSTRAINT system_logs_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT system_logs_level_check CHECK (
    level IN ('debug', 'info', 'warning', 'error', 'critical')
  )
);

COMMENT ON TABLE system_logs IS 'What the application logged; rows are only added.';
COMMENT ON COLUMN system_logs.tenant_id IS 'NULL for events of the platform itself.';

CREATE INDEX idx_system_logs_tenant_id_occurred_at ON system_logs (tenant_id, occurred_at DESC);
CREATE INDEX idx_system_logs_errors ON system_logs (occurred_at DESC)
  WHERE level IN ('error', 'critical');
CREATE INDEX idx_system_logs_request_id ON system_logs (request_id);
-- Rows arrive in order of time; retention deletes by it.
CREATE INDEX idx_system_logs_occurred_at_brin ON system_logs USING brin (occurred_at);
CREATE INDEX idx_system_logs_context ON system_logs USING gin (context jsonb_path_ops);

CREATE TABLE human_action_logs (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  actor_id bigint,
  action text NOT NULL,
  entity_table text NOT NULL,
  entity_id bigint NOT NULL,
  old_values jsonb,
  new_values jsonb,
  ip_address inet,
  user_agent text,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT human_action_logs_pkey PRIMARY KEY (id),
  CONSTRAINT human_action_logs_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT human_action_logs_actor_id_fkey FOREIGN KEY (actor_id)
    REFERENCES sys_users (id) ON DELETE SET NULL
);

COMMENT ON TABLE human_action_logs IS 'Who did what to which row; rows are only added.';
COMMENT ON COLUMN human_action_logs.entity_id IS
  'Key in entity_table; not a foreign key, so that the log outlives the row.';

CREATE INDEX idx_human_action_logs_entity
  ON human_action_logs (tenant_id, entity_table, entity_id, occurred_at DESC);
CREATE INDEX idx_human_action_logs_actor_id_occurred_at
  ON human_action_logs (actor_id, occurred_at DESC);
-- Rows arrive in order of time; retention deletes by it.
CREATE INDEX idx_human_action_logs_occurred_at_brin ON human_action_logs USING brin (occurred_at);
CREATE INDEX idx_human_action_logs_old_values
  ON human_action_logs USING gin (old_values jsonb_path_ops);
CREATE INDEX idx_human_action_logs_new_values
  ON human_action_logs USING gin (new_values jsonb_path_ops);

CREATE TABLE webhook_logs (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint,
  direction text NOT NULL,
  provider text NOT NULL,
  event text NOT NULL,
  url text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  attempt smallint NOT NULL DEFAULT 1,
  http_status smallint,
  request jsonb NOT NULL DEFAULT '{}',
  response text,
  error text,
  duration_ms integer,
  next_attempt_at timestamptz,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT webhook_logs_pkey PRIMARY KEY (id),
  CONSTRAINT webhook_logs_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT webhook_logs_direction_check CHECK (direction IN ('inbound', 'outbound')),
  CONSTRAINT webhook_logs_status_check CHECK (
    status IN ('pending', 'succeeded', 'failed', 'abandoned')
  ),
  CONSTRAINT webhook_logs_attempt_check CHECK (attempt > 0),
  CONSTRAINT webhook_logs_http_status_check CHECK (http_status BETWEEN 100 AND 599),
  CONSTRAINT webhook_logs_duration_ms_check CHECK (duration_ms >= 0)
);

COMMENT ON TABLE webhook_logs IS 'Every call of a webhook, received or made, with its outcome.';
COMMENT ON COLUMN webhook_logs.tenant_id IS
  'NULL while a received call is not yet matched to a tenant.';
COMMENT ON COLUMN webhook_logs.request IS 'Headers and body, with secrets removed by the writer.';

CREATE INDEX idx_webhook_logs_tenant_id_occurred_at ON webhook_logs (tenant_id, occurred_at DESC);
CREATE INDEX idx_webhook_logs_provider_event_occurred_at
  ON webhook_logs (provider, event, occurred_at DESC);
-- The sender polls for calls to repeat.
CREATE INDEX idx_webhook_logs_next_attempt_at ON webhook_logs (next_attempt_at)
  WHERE status = 'failed';
-- Rows arrive in order of time; retention deletes by it.
CREATE INDEX idx_webhook_logs_occurred_at_brin ON webhook_logs USING brin (occurred_at);
CREATE INDEX idx_webhook_logs_request ON webhook_logs USING gin (request jsonb_path_ops);

CREATE TRIGGER trg_webhook_logs_updated_at
  BEFORE UPDATE ON webhook_logs
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE alert_rules (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  description text,
  severity text NOT NULL DEFAULT 'warning',
  condition jsonb NOT NULL DEFAULT '{}',
  notify jsonb NOT NULL DEFAULT '[]',
  cooldown_minutes integer NOT NULL DEFAULT 60,
  is_active boolean NOT NULL DEFAULT true,
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT alert_rules_pkey PRIMARY KEY (id),
  CONSTRAINT alert_rules_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT alert_rules_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT alert_rules_severity_check CHECK (severity IN ('info', 'warning', 'critical')),
  CONSTRAINT alert_rules_cooldown_minutes_check CHECK (cooldown_minutes >= 0)
);

COMMENT ON TABLE alert_rules IS 'When an alert is raised, and who is told.';
COMMENT ON COLUMN alert_rules.notify IS 'Array of channels and recipients.';
COMMENT ON COLUMN alert_rules.cooldown_minutes IS 'How long the same alert is not raised again.';

CREATE INDEX idx_alert_rules_tenant_id ON alert_rules (tenant_id);
CREATE INDEX idx_alert_rules_created_by ON alert_rules (created_by);
CREATE UNIQUE INDEX uidx_alert_rules_tenant_id_code_live ON alert_rules (tenant_id, code)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_alert_rules_condition ON alert_rules USING gin (condition jsonb_path_ops);
CREATE INDEX idx_alert_rules_notify ON alert_rules USING gin (notify jsonb_path_ops);

CREATE TRIGGER trg_alert_rules_updated_at
  BEFORE UPDATE ON alert_rules
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE alerts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  rule_id bigint,
  severity text NOT NULL DEFAULT 'warning',
  status text NOT NULL DEFAULT 'open',
  title text NOT NULL,
  message text,
  entity_table text,
  entity_id bigint,
  details jsonb NOT NULL DEFAULT '{}',
  raised_at timestamptz NOT NULL DEFAULT now(),
  acknowledged_by bigint,
  acknowledged_at timestamptz,
  resolved_by bigint,
  resolved_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT alerts_pkey PRIMARY KEY (id),
  CONSTRAINT alerts_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT alerts_rule_id_fkey FOREIGN KEY (rule_id)
    REFERENCES alert_rules (id) ON DELETE SET NULL,
  CONSTRAINT alerts_acknowledged_by_fkey FOREIGN KEY (acknowledged_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT alerts_resolved_by_fkey FOREIGN KEY (resolved_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT alerts_severity_check CHECK (severity IN ('info', 'warning', 'critical')),
  CONSTRAINT alerts_status_check CHECK (status IN ('open', 'acknowledged', 'resolved'))
);

COMMENT ON TABLE alerts IS 'Something that needs attention, from being raised to being resolved.';
COMMENT ON COLUMN alerts.rule_id IS 'NULL when raised by hand.';
COMMENT ON COLUMN alerts.entity_id IS
  'Key in entity_table; not a foreign key, so that the alert outlives the row.';

CREATE INDEX idx_alerts_rule_id ON alerts (rule_id);
CREATE INDEX idx_alerts_acknowledged_by ON alerts (acknowledged_by);
CREATE INDEX idx_alerts_resolved_by ON alerts (resolved_by);
CREATE INDEX idx_alerts_tenant_id_status_severity_raised_at
  ON alerts (tenant_id, status, severity, raised_at DESC);
CREATE INDEX idx_alerts_entity ON alerts (tenant_id, entity_table, entity_id);
CREATE INDEX idx_alerts_details ON alerts USING gin (details jsonb_path_ops);

CREATE TRIGGER trg_alerts_updated_at
  BEFORE UPDATE ON alerts
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE notes (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  entity_table text NOT NULL,
  entity_id bigint NOT NULL,
  author_id bigint,
  body text NOT NULL,
  visibility text NOT NULL DEFAULT 'team',
  is_pinned boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT notes_pkey PRIMARY KEY (id),
  CONSTRAINT notes_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT notes_author_id_fkey FOREIGN KEY (author_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT notes_visibility_check CHECK (visibility IN ('team', 'private'))
);

COMMENT ON TABLE notes IS 'Free text that users attach to any row.';
COMMENT ON COLUMN notes.entity_id IS 'Key in entity_table.';

CREATE INDEX idx_notes_tenant_id ON notes (tenant_id);
CREATE INDEX idx_notes_author_id ON notes (author_id);
CREATE INDEX idx_notes_entity_live ON notes (tenant_id, entity_table, entity_id, created_at DESC)
  WHERE deleted_at IS NULL;

CREATE TRIGGER trg_notes_updated_at
  BEFORE UPDATE ON notes
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
