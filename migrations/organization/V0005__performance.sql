-- Aggregates for reports: of a whole organization and of each representative.

CREATE TYPE metric_period AS ENUM ('HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR');
CREATE TYPE team_performance_period AS ENUM ('DAY', 'WEEK', 'MONTH', 'QUARTER');
CREATE TYPE performance_trend AS ENUM ('UP', 'STABLE', 'DOWN');

CREATE TABLE performance_metrics (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  period metric_period NOT NULL,
  period_start timestamptz NOT NULL,
  period_end timestamptz NOT NULL,
  tickets_opened integer NOT NULL DEFAULT 0,
  tickets_resolved integer NOT NULL DEFAULT 0,
  escalations integer NOT NULL DEFAULT 0,
  refunds_count integer NOT NULL DEFAULT 0,
  refunds_amount numeric(14,2) NOT NULL DEFAULT 0,
  avg_first_response_seconds integer,
  avg_resolution_seconds integer,
  satisfaction_score numeric(3,2),
  ai_resolution_rate numeric(5,2),
  trend performance_trend NOT NULL DEFAULT 'STABLE',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT performance_metrics_pkey PRIMARY KEY (id),
  CONSTRAINT performance_metrics_period_key UNIQUE (organization_id, period, period_start),
  CONSTRAINT performance_metrics_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT performance_metrics_tickets_opened_check CHECK (tickets_opened >= 0),
  CONSTRAINT performance_metrics_tickets_resolved_check CHECK (tickets_resolved >= 0),
  CONSTRAINT performance_metrics_escalations_check CHECK (escalations >= 0),
  CONSTRAINT performance_metrics_refunds_count_check CHECK (refunds_count >= 0),
  CONSTRAINT performance_metrics_refunds_amount_check CHECK (refunds_amount >= 0),
  CONSTRAINT performance_metrics_avg_first_response_seconds_check CHECK (
    avg_first_response_seconds >= 0
  ),
  CONSTRAINT performance_metrics_avg_resolution_seconds_check CHECK (avg_resolution_seconds >= 0),
  CONSTRAINT performance_metrics_satisfaction_score_check CHECK (
    satisfaction_score BETWEEN 1 AND 5
  ),
  CONSTRAINT performance_metrics_ai_resolution_rate_check CHECK (
    ai_resolution_rate BETWEEN 0 AND 100
  ),
  CONSTRAINT performance_metrics_period_order_check CHECK (period_end > period_start)
);

COMMENT ON TABLE performance_metrics IS 'Support figures of an organization over one period.';
COMMENT ON COLUMN performance_metrics.period_end IS 'First instant after the period.';
COMMENT ON COLUMN performance_metrics.avg_first_response_seconds IS
  'NULL when nothing was answered in the period.';
COMMENT ON COLUMN performance_metrics.ai_resolution_rate IS
  'Percentage of resolved tickets that no human touched.';

CREATE INDEX idx_performance_metrics_period_start ON performance_metrics (period_start);
CREATE INDEX idx_performance_metrics_period ON performance_metrics (period);

CREATE TRIGGER trg_performance_metrics_updated_at
  BEFORE UPDATE ON performance_metrics
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE team_performance (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  representative_id uuid NOT NULL,
  period team_performance_period NOT NULL,
  period_start timestamptz NOT NULL,
  period_end timestamptz NOT NULL,
  tickets_handled integer NOT NULL DEFAULT 0,
  tickets_resolved integer NOT NULL DEFAULT 0,
  escalations_handled integer NOT NULL DEFAULT 0,
  avg_first_response_seconds integer,
  avg_resolution_seconds integer,
  satisfaction_score numeric(3,2),
  trend performance_trend NOT NULL DEFAULT 'STABLE',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT team_performance_pkey PRIMARY KEY (id),
  CONSTRAINT team_performance_period_key UNIQUE (representative_id, period, period_start),
  CONSTRAINT team_performance_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES organizations (id) ON DELETE CASCADE,
  CONSTRAINT team_performance_representative_id_fkey FOREIGN KEY (representative_id)
    REFERENCES representatives (id) ON DELETE CASCADE,
  CONSTRAINT team_performance_tickets_handled_check CHECK (tickets_handled >= 0),
  CONSTRAINT team_performance_tickets_resolved_check CHECK (tickets_resolved >= 0),
  CONSTRAINT team_performance_escalations_handled_check CHECK (escalations_handled >= 0),
  CONSTRAINT team_performance_avg_first_response_seconds_check CHECK (
    avg_first_response_seconds >= 0
  ),
  CONSTRAINT team_performance_avg_resolution_seconds_check CHECK (avg_resolution_seconds >= 0),
  CONSTRAINT team_performance_satisfaction_score_check CHECK (satisfaction_score BETWEEN 1 AND 5),
  CONSTRAINT team_performance_period_order_check CHECK (period_end > period_start)
);

COMMENT ON TABLE team_performance IS 'Support figures of one representative over one period.';
COMMENT ON COLUMN team_performance.period_end IS 'First instant after the period.';
COMMENT ON COLUMN team_performance.avg_first_response_seconds IS
  'NULL when nothing was answered in the period.';

CREATE INDEX idx_team_performance_organization_id_period_start
  ON team_performance (organization_id, period_start DESC);
CREATE INDEX idx_team_performance_period ON team_performance (period);

CREATE TRIGGER trg_team_performance_updated_at
  BEFORE UPDATE ON team_performance
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
