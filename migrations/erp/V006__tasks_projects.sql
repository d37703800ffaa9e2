-- Projects and tasks: members, milestones, dependencies, comments, attachments, activity.

CREATE TABLE project (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  description text,
  status text NOT NULL DEFAULT 'planned',
  priority text NOT NULL DEFAULT 'normal',
  owner_id bigint,
  starts_on date,
  due_on date,
  completed_at timestamptz,
  budget_amount numeric(14,2),
  currency text NOT NULL DEFAULT 'USD',
  settings jsonb NOT NULL DEFAULT '{}',
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT project_pkey PRIMARY KEY (id),
  CONSTRAINT project_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT project_owner_id_fkey FOREIGN KEY (owner_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT project_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT project_status_check CHECK (
    status IN ('planned', 'active', 'on_hold', 'completed', 'cancelled')
  ),
  CONSTRAINT project_priority_check CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  CONSTRAINT project_budget_amount_check CHECK (budget_amount >= 0),
  CONSTRAINT project_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT project_dates_check CHECK (due_on >= starts_on)
);

COMMENT ON TABLE project IS 'An undertaking with an owner, a time span and tasks.';

CREATE INDEX idx_project_tenant_id ON project (tenant_id);
CREATE INDEX idx_project_owner_id ON project (owner_id);
CREATE INDEX idx_project_created_by ON project (created_by);
CREATE UNIQUE INDEX uidx_project_tenant_id_code_live ON project (tenant_id, code)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_project_tenant_id_status_due_on_live ON project (tenant_id, status, due_on)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_project_settings ON project USING gin (settings jsonb_path_ops);

CREATE TRIGGER trg_project_updated_at
  BEFORE UPDATE ON project
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE project_members (
  project_id bigint NOT NULL,
  user_id bigint NOT NULL,
  tenant_id bigint NOT NULL,
  role text NOT NULL DEFAULT 'member',
  joined_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT project_members_pkey PRIMARY KEY (project_id, user_id),
  CONSTRAINT project_members_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES project (id) ON DELETE CASCADE,
  CONSTRAINT project_members_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES sys_users (id) ON DELETE CASCADE,
  CONSTRAINT project_members_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT project_members_role_check CHECK (role IN ('owner', 'manager', 'member', 'viewer'))
);

COMMENT ON TABLE project_members IS 'Who takes part in a project, and as what.';

CREATE INDEX idx_project_members_user_id ON project_members (user_id);
CREATE INDEX idx_project_members_tenant_id ON project_members (tenant_id);

CREATE TABLE project_milestones (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  project_id bigint NOT NULL,
  name text NOT NULL,
  description text,
  position integer NOT NULL DEFAULT 0,
  due_on date,
  reached_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT project_milestones_pkey PRIMARY KEY (id),
  CONSTRAINT project_milestones_project_id_name_key UNIQUE (project_id, name),
  CONSTRAINT project_milestones_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT project_milestones_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES project (id) ON DELETE CASCADE
);

COMMENT ON TABLE project_milestones IS 'A dated goal of a project.';

CREATE INDEX idx_project_milestones_tenant_id_due_on ON project_milestones (tenant_id, due_on);

CREATE TRIGGER trg_project_milestones_updated_at
  BEFORE UPDATE ON project_milestones
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE tasks (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  task_number text NOT NULL,
  project_id bigint,
  milestone_id bigint,
  parent_task_id bigint,
  title text NOT NULL,
  description text,
  status text NOT NULL DEFAULT 'todo',
  priority text NOT NULL DEFAULT 'normal',
  assignee_id bigint,
  position integer NOT NULL DEFAULT 0,
  starts_at timestamptz,
  due_at timestamptz,
  completed_at timestamptz,
  estimate_minutes integer,
  spent_minutes integer NOT NULL DEFAULT 0,
  custom_fields jsonb NOT NULL DEFAULT '{}',
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT tasks_pkey PRIMARY KEY (id),
  CONSTRAINT tasks_tenant_id_task_number_key UNIQUE (tenant_id, task_number),
  CONSTRAINT tasks_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT tasks_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES project (id) ON DELETE CASCADE,
  CONSTRAINT tasks_milestone_id_fkey FOREIGN KEY (milestone_id)
    REFERENCES project_milestones (id) ON DELETE SET NULL,
  CONSTRAINT tasks_parent_task_id_fkey FOREIGN KEY (parent_task_id)
    REFERENCES tasks (id) ON DELETE CASCADE,
  CONSTRAINT tasks_assignee_id_fkey FOREIGN KEY (assignee_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT tasks_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT tasks_status_check CHECK (
    status IN ('backlog', 'todo', 'in_progress', 'in_review', 'done', 'cancelled')
  ),
  CONSTRAINT tasks_priority_check CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  CONSTRAINT tasks_estimate_minutes_check CHECK (estimate_minutes > 0),
  CONSTRAINT tasks_spent_minutes_check CHECK (spent_minutes >= 0),
  CONSTRAINT tasks_parent_not_self_check CHECK (parent_task_id <> id),
  CONSTRAINT tasks_dates_check CHECK (due_at >= starts_at)
);

COMMENT ON TABLE tasks IS 'A piece of work, within a project or on its own.';
COMMENT ON COLUMN tasks.position IS 'Order within its column of the board.';

CREATE INDEX idx_tasks_project_id ON tasks (project_id);
CREATE INDEX idx_tasks_milestone_id ON tasks (milestone_id);
CREATE INDEX idx_tasks_parent_task_id ON tasks (parent_task_id);
CREATE INDEX idx_tasks_assignee_id ON tasks (assignee_id);
CREATE INDEX idx_tasks_created_by ON tasks (created_by);
CREATE INDEX idx_tasks_project_id_status_position_live ON tasks (project_id, status, position)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_tasks_assignee_id_status_due_at_live ON tasks (assignee_id, status, due_at)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_tasks_tenant_id_due_at_live ON tasks (tenant_id, due_at) WHERE deleted_at IS NULL;
CREATE INDEX idx_tasks_custom_fields ON tasks USING gin (custom_fields jsonb_path_ops);

CREATE TRIGGER trg_tasks_updated_at
  BEFORE UPDATE ON tasks
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE task_dependencies (
  task_id bigint NOT NULL,
  depends_on_task_id bigint NOT NULL,
  tenant_id bigint NOT NULL,
  kind text NOT NULL DEFAULT 'finish_to_start',
  lag_minutes integer NOT NULL DEFAULT 0,
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT task_dependencies_pkey PRIMARY KEY (task_id, depends_on_task_id),
  CONSTRAINT task_dependencies_task_id_fkey FOREIGN KEY (task_id)
    REFERENCES tasks (id) ON DELETE CASCADE,
  CONSTRAINT task_dependencies_depends_on_task_id_fkey FOREIGN KEY (depends_on_task_id)
    REFERENCES tasks (id) ON DELETE CASCADE,
  CONSTRAINT task_dependencies_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT task_dependencies_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT task_dependencies_kind_check CHECK (
    kind IN ('finish_to_start', 'start_to_start', 'finish_to_finish', 'start_to_finish')
  ),
  CONSTRAINT task_dependencies_not_self_check CHECK (task_id <> depends_on_task_id)
);

COMMENT ON TABLE task_dependencies IS 'That one task waits for another.';
COMMENT ON COLUMN task_dependencies.lag_minutes IS 'Negative for work that may overlap.';

CREATE INDEX idx_task_dependencies_depends_on_task_id ON task_dependencies (depends_on_task_id);
CREATE INDEX idx_task_dependencies_tenant_id ON task_dependencies (tenant_id);
CREATE INDEX idx_task_dependencies_created_by ON task_dependencies (created_by);

CREATE TABLE task_comments (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  task_id bigint NOT NULL,
  parent_comment_id bigint,
  author_id bigint,
  body text NOT NULL,
  edited_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT task_comments_pkey PRIMARY KEY (id),
  CONSTRAINT task_comments_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT task_comments_task_id_fkey FOREIGN KEY (task_id)
    REFERENCES tasks (id) ON DELETE CASCADE,
  CONSTRAINT task_comments_parent_comment_id_fkey FOREIGN KEY (parent_comment_id)
    REFERENCES task_comments (id) ON DELETE CASCADE,
  CONSTRAINT task_comments_author_id_fkey FOREIGN KEY (author_id)
    REFERENCES sys_users (id) ON DELETE SET NULL
);

COMMENT ON TABLE task_comments IS 'What is said about a task, in threads.';

CREATE INDEX idx_task_comments_tenant_id ON task_comments (tenant_id);
CREATE INDEX idx_task_comments_task_id ON task_comments (task_id);
CREATE INDEX idx_task_comments_parent_comment_id ON task_comments (parent_comment_id);
CREATE INDEX idx_task_comments_author_id ON task_comments (author_id);
CREATE INDEX idx_task_comments_task_id_created_at_live ON task_comments (task_id, created_at)
  WHERE deleted_at IS NULL;

CREATE TRIGGER trg_task_comments_updated_at
  BEFORE UPDATE ON task_comments
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE task_attachments (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  task_id bigint NOT NULL,
  comment_id bigint,
  storage_path text NOT NULL,
  file_name text NOT NULL,
  content_type text NOT NULL,
  size_bytes bigint NOT NULL,
  uploaded_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT task_attachments_pkey PRIMARY KEY (id),
  CONSTRAINT task_attachments_tenant_id_storage_path_key UNIQUE (tenant_id, storage_path),
  CONSTRAINT task_attachments_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT task_attachments_task_id_fkey FOREIGN KEY (task_id)
    REFERENCES tasks (id) ON DELETE CASCADE,
  CONSTRAINT task_attachments_comment_id_fkey FOREIGN KEY (comment_id)
    REFERENCES task_comments (id) ON DELETE SET NULL,
  CONSTRAINT task_attachments_uploaded_by_fkey FOREIGN KEY (uploaded_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT task_attachments_size_bytes_check CHECK (size_bytes >= 0)
);

COMMENT ON TABLE task_attachments IS 'File of a task, or of a comment on it.';
COMMENT ON COLUMN task_attachments.storage_path IS 'Key in the object store, not a URL.';

CREATE INDEX idx_task_attachments_task_id ON task_attachments (task_id);
CREATE INDEX idx_task_attachments_comment_id ON task_attachments (comment_id);
CREATE INDEX idx_task_attachments_uploaded_by ON task_attachments (uploaded_by);
CREATE INDEX idx_task_attachments_task_id_created_at_live ON task_attachments (task_id, created_at)
  WHERE deleted_at IS NULL;

CREATE TABLE task_activity_logs (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  task_id bigint NOT NULL,
  actor_id bigint,
  action text NOT NULL,
  changes jsonb NOT NULL DEFAULT '{}',
  occurred_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT task_activity_logs_pkey PRIMARY KEY (id),
  CONSTRAINT task_activity_logs_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT task_activity_logs_task_id_fkey FOREIGN KEY (task_id)
    REFERENCES tasks (id) ON DELETE CASCADE,
  CONSTRAINT task_activity_logs_actor_id_fkey FOREIGN KEY (actor_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT task_activity_logs_action_check CHECK (
    action IN (
      'created', 'updated', 'assigned', 'moved', 'commented', 'attached', 'completed',
      'reopened', 'deleted'
    )
  )
);

COMMENT ON TABLE task_activity_logs IS 'What was changed on a task, by whom; rows are only added.';
COMMENT ON COLUMN task_activity_logs.actor_id IS 'NULL for changes that automation made.';
COMMENT ON COLUMN task_activity_logs.changes IS 'Object: column name to its old and its new value.';

CREATE INDEX idx_task_activity_logs_actor_id ON task_activity_logs (actor_id);
CREATE INDEX idx_task_activity_logs_task_id_occurred_at
  ON task_activity_logs (task_id, occurred_at DESC);
CREATE INDEX idx_task_activity_logs_tenant_id_occurred_at
  ON task_activity_logs (tenant_id, occurred_at DESC);
CREATE INDEX idx_task_activity_logs_changes
  ON task_activity_logs USING gin (changes jsonb_path_ops);
