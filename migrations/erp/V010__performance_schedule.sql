-- Staff: performance evaluations, shifts, time off, shift reports.

CREATE TABLE performance_criteria (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  description text,
  weight numeric(5,2) NOT NULL DEFAULT 1,
  max_score numeric(5,2) NOT NULL DEFAULT 5,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT performance_criteria_pkey PRIMARY KEY (id),
  CONSTRAINT performance_criteria_tenant_id_code_key UNIQUE (tenant_id, code),
  CONSTRAINT performance_criteria_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT performance_criteria_weight_check CHECK (weight > 0),
  CONSTRAINT performance_criteria_max_score_check CHECK (max_score > 0)
);

COMMENT ON TABLE performance_criteria IS 'What the staff of a tenant are evaluated on.';
COMMENT ON COLUMN performance_criteria.weight IS
  'Share in the overall score, relative to the other criteria.';

CREATE TRIGGER trg_performance_criteria_updated_at
  BEFORE UPDATE ON performance_criteria
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE performance_evaluations (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  employee_id bigint NOT NULL,
  evaluator_id bigint,
  kind text NOT NULL DEFAULT 'manager',
  period_start date NOT NULL,
  period_end date NOT NULL,
  status text NOT NULL DEFAULT 'draft',
  overall_score numeric(5,2),
  strengths text,
  improvements text,
  goals jsonb NOT NULL DEFAULT '[]',
  submitted_at timestamptz,
  acknowledged_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT performance_evaluations_pkey PRIMARY KEY (id),
  CONSTRAINT performance_evaluations_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT performance_evaluations_employee_id_fkey FOREIGN KEY (employee_id)
    REFERENCES sys_users (id) ON DELETE CASCADE,
  CONSTRAINT performance_evaluations_evaluator_id_fkey FOREIGN KEY (evaluator_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT performance_evaluations_kind_check CHECK (kind IN ('self', 'manager', 'peer')),
  CONSTRAINT performance_evaluations_status_check CHECK (
    status IN ('draft', 'submitted', 'acknowledged', 'closed')
  ),
  CONSTRAINT performance_evaluations_overall_score_check CHECK (overall_score >= 0),
  CONSTRAINT performance_evaluations_period_order_check CHECK (period_end >= period_start)
);

COMMENT ON TABLE performance_evaluations IS
  'Evaluation of an employee over a period by one evaluator.';
COMMENT ON COLUMN performance_evaluations.period_end IS 'Last day of the period, included.';
COMMENT ON COLUMN performance_evaluations.overall_score IS 'NULL until submitted.';
COMMENT ON COLUMN performance_evaluations.goals IS 'Array of objects: goal, due date, state.';

CREATE INDEX idx_performance_evaluations_tenant_id ON performance_evaluations (tenant_id);
CREATE INDEX idx_performance_evaluations_employee_id ON performance_evaluations (employee_id);
CREATE INDEX idx_performance_evaluations_evaluator_id ON performance_evaluations (evaluator_id);
CREATE UNIQUE INDEX uidx_performance_evaluations_period
  ON performance_evaluations (employee_id, evaluator_id, kind, period_start)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_performance_evaluations_tenant_id_status_period_start_live
  ON performance_evaluations (tenant_id, status, period_start)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_performance_evaluations_goals
  ON performance_evaluations USING gin (goals jsonb_path_ops);

CREATE TRIGGER trg_performance_evaluations_updated_at
  BEFORE UPDATE ON performance_evaluations
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE performance_evaluation_scores (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  evaluation_id bigint NOT NULL,
  criterion_id bigint NOT NULL,
  score numeric(5,2) NOT NULL,
  comment text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT performance_evaluation_scores_pkey PRIMARY KEY (id),
  CONSTRAINT performance_evaluation_scores_criterion_key UNIQUE (evaluation_id, criterion_id),
  CONSTRAINT performance_evaluation_scores_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT performance_evaluation_scores_evaluation_id_fkey FOREIGN KEY (evaluation_id)
    REFERENCES performance_evaluations (id) ON DELETE CASCADE,
  CONSTRAINT performance_evaluation_scores_criterion_id_fkey FOREIGN KEY (criterion_id)
    REFERENCES performance_criteria (id),
  CONSTRAINT performance_evaluation_scores_score_check CHECK (score >= 0)
);

COMMENT ON TABLE performance_evaluation_scores IS 'Score for one criterion within an evaluation.';

CREATE INDEX idx_performance_evaluation_scores_tenant_id
  ON performance_evaluation_scores (tenant_id);
CREATE INDEX idx_performance_evaluation_scores_criterion_id
  ON performance_evaluation_scores (criterion_id);

CREATE TRIGGER trg_performance_evaluation_scores_updated_at
  BEFORE UPDATE ON performance_evaluation_scores
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE schedule_shifts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  user_id bigint NOT NULL,
  role text,
  location text,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  break_minutes integer NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'draft',
  note text,
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT schedule_shifts_pkey PRIMARY KEY (id),
  CONSTRAINT schedule_shifts_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT schedule_shifts_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES sys_users (id) ON DELETE CASCADE,
  CONSTRAINT schedule_shifts_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT schedule_shifts_break_minutes_check CHECK (break_minutes >= 0),
  CONSTRAINT schedule_shifts_status_check CHECK (
    status IN ('draft', 'published', 'in_progress', 'completed', 'missed', 'cancelled')
  ),
  CONSTRAINT schedule_shifts_ends_after_start_check CHECK (ends_at > starts_at)
);

COMMENT ON TABLE schedule_shifts IS 'Planned working time of a user.';

CREATE INDEX idx_schedule_shifts_tenant_id ON schedule_shifts (tenant_id);
CREATE INDEX idx_schedule_shifts_user_id ON schedule_shifts (user_id);
CREATE INDEX idx_schedule_shifts_created_by ON schedule_shifts (created_by);
CREATE INDEX idx_schedule_shifts_user_id_starts_at_live ON schedule_shifts (user_id, starts_at)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_schedule_shifts_tenant_id_starts_at_status_live
  ON schedule_shifts (tenant_id, starts_at, status)
  WHERE deleted_at IS NULL;

CREATE TRIGGER trg_schedule_shifts_updated_at
  BEFORE UPDATE ON schedule_shifts
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE time_off_requests (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  user_id bigint NOT NULL,
  kind text NOT NULL DEFAULT 'annual',
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  days numeric(5,2) NOT NULL,
  reason text,
  status text NOT NULL DEFAULT 'pending',
  reviewed_by bigint,
  reviewed_at timestamptz,
  review_note text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT time_off_requests_pkey PRIMARY KEY (id),
  CONSTRAINT time_off_requests_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT time_off_requests_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES sys_users (id) ON DELETE CASCADE,
  CONSTRAINT time_off_requests_reviewed_by_fkey FOREIGN KEY (reviewed_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT time_off_requests_kind_check CHECK (
    kind IN ('annual', 'sick', 'personal', 'parental', 'unpaid', 'other')
  ),
  CONSTRAINT time_off_requests_days_check CHECK (days > 0),
  CONSTRAINT time_off_requests_status_check CHECK (
    status IN ('pending', 'approved', 'rejected', 'cancelled')
  ),
  CONSTRAINT time_off_requests_dates_check CHECK (ends_on >= starts_on)
);

COMMENT ON TABLE time_off_requests IS 'Request of a user for days off, and the decision.';
COMMENT ON COLUMN time_off_requests.ends_on IS 'Last day off, included.';
COMMENT ON COLUMN time_off_requests.days IS 'Working days, half days as fractions.';

CREATE INDEX idx_time_off_requests_tenant_id ON time_off_requests (tenant_id);
CREATE INDEX idx_time_off_requests_user_id ON time_off_requests (user_id);
CREATE INDEX idx_time_off_requests_reviewed_by ON time_off_requests (reviewed_by);
CREATE INDEX idx_time_off_requests_tenant_id_status_starts_on_live
  ON time_off_requests (tenant_id, status, starts_on)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_time_off_requests_user_id_starts_on_live ON time_off_requests (user_id, starts_on)
  WHERE deleted_at IS NULL;

CREATE TRIGGER trg_time_off_requests_updated_at
  BEFORE UPDATE ON time_off_requests
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE shift_reports (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  shift_id bigint NOT NULL,
  author_id bigint,
  checked_in_at timestamptz,
  checked_out_at timestamptz,
  summary text NOT NULL,
  orders_handled integer NOT NULL DEFAULT 0,
  messages_handled integer NOT NULL DEFAULT 0,
  sales_amount numeric(14,2) NOT NULL DEFAULT 0,
  incidents jsonb NOT NULL DEFAULT '[]',
  status text NOT NULL DEFAULT 'draft',
  approved_by bigint,
  approved_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT shift_reports_pkey PRIMARY KEY (id),
  CONSTRAINT shift_reports_shift_id_key UNIQUE (shift_id),
  CONSTRAINT shift_reports_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT shift_reports_shift_id_fkey FOREIGN KEY (shift_id)
    REFERENCES schedule_shifts (id) ON DELETE CASCADE,
  CONSTRAINT shift_reports_author_id_fkey FOREIGN KEY (author_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT shift_reports_approved_by_fkey FOREIGN KEY (approved_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT shift_reports_orders_handled_check CHECK (orders_handled >= 0),
  CONSTRAINT shift_reports_messages_handled_check CHECK (messages_handled >= 0),
  CONSTRAINT shift_reports_sales_amount_check CHECK (sales_amount >= 0),
  CONSTRAINT shift_reports_status_check CHECK (status IN ('draft', 'submitted', 'approved')),
  CONSTRAINT shift_reports_check_out_check CHECK (checked_out_at >= checked_in_at)
);

COMMENT ON TABLE shift_reports IS 'What a user reports at the end of a shift.';
COMMENT ON COLUMN shift_reports.incidents IS
  'Array of objects: what happened, when, to whom it was handed over.';

CREATE INDEX idx_shift_reports_author_id ON shift_reports (author_id);
CREATE INDEX idx_shift_reports_approved_by ON shift_reports (approved_by);
CREATE INDEX idx_shift_reports_tenant_id_status_created_at
  ON shift_reports (tenant_id, status, created_at DESC);
CREATE INDEX idx_shift_reports_incidents ON shift_reports USING gin (incidents jsonb_path_ops);

CREATE TRIGGER trg_shift_reports_updated_at
  BEFORE UPDATE ON shift_reports
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
