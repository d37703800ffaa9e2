-- A project with members, milestones and tasks; every kind of thing that hangs on a task.

INSERT INTO project (
  tenant_id, code, name, description, status, priority, owner_id, starts_on, due_on, budget_amount,
  currency, settings, created_by
)
SELECT t.id, 'NY-2026', 'New Year catalog 2026', 'Catalog of corporate gifts.', 'active', 'high',
  u.id, '2025-03-01', '2025-10-31', 120000.00, 'THB', '{"board": ["todo", "in_progress", "done"]}',
  u.id
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'ploy@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO project_members (project_id, user_id, tenant_id, role, joined_at)
SELECT p.id, u.id, t.id, v.role, '2025-03-01 02:00+00'
FROM sys_tenants AS t
JOIN project AS p ON p.tenant_id = t.id AND p.code = 'NY-2026' AND p.deleted_at IS NULL
CROSS JOIN (VALUES
  ('ploy@lotus.example', 'owner'),
  ('anan@lotus.example', 'member'),
  ('mali@lotus.example', 'manager')
) AS v (email, role)
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = v.email
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (project_id, user_id) DO NOTHING;

INSERT INTO project_milestones (tenant_id, project_id, name, position, due_on, reached_at)
SELECT t.id, p.id, v.name, v.position, v.due_on, v.reached_at
FROM sys_tenants AS t
JOIN project AS p ON p.tenant_id = t.id AND p.code = 'NY-2026' AND p.deleted_at IS NULL
CROSS JOIN (VALUES
  ('Range chosen', 1, date '2025-03-07', timestamptz '2025-03-06 10:00+00'),
  ('Catalog printed', 2, '2025-10-15', NULL)
) AS v (name, position, due_on, reached_at)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (project_id, name) DO NOTHING;

INSERT INTO tasks (
  tenant_id, task_number, project_id, milestone_id, title, status, priority, assignee_id, position,
  starts_at, due_at, completed_at, estimate_minutes, spent_minutes, custom_fields, created_by
)
SELECT t.id, v.task_number, p.id, m.id, v.title, v.status, v.priority, u.id, v.position, v.starts_at,
  v.due_at, v.completed_at, v.estimate, v.spent, v.custom_fields::jsonb, boss.id
FROM sys_tenants AS t
JOIN sys_users AS boss ON boss.tenant_id = t.id AND boss.email = 'ploy@lotus.example'
JOIN project AS p ON p.tenant_id = t.id AND p.code = 'NY-2026' AND p.deleted_at IS NULL
CROSS JOIN (VALUES
  ('T-0001', 'Range chosen', 'Choose twelve products', 'done', 'high', 'ploy@lotus.example', 1,
    timestamptz '2025-03-01 02:00+00', timestamptz '2025-03-07 10:00+00',
    timestamptz '2025-03-06 10:00+00', 480, 520, '{}'),
  ('T-0002', 'Catalog printed', 'Photograph the range', 'in_progress', 'normal',
    'mali@lotus.example', 2, '2025-03-10 02:00+00', '2025-04-04 10:00+00', NULL, 960, 120,
    '{"studio": "B"}')
) AS v (task_number, milestone, title, status, priority, assignee, position, starts_at, due_at,
  completed_at, estimate, spent, custom_fields)
JOIN project_milestones AS m ON m.project_id = p.id AND m.name = v.milestone
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = v.assignee
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, task_number) DO NOTHING;

INSERT INTO tasks (tenant_id, task_number, project_id, parent_task_id, title, assignee_id, created_by)
SELECT t.id, 'T-0003', parent.project_id, parent.id, 'Rent a light tent', u.id, u.id
FROM sys_tenants AS t
JOIN tasks AS parent ON parent.tenant_id = t.id AND parent.task_number = 'T-0002'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'mali@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, task_number) DO NOTHING;

INSERT INTO task_dependencies (task_id, depends_on_task_id, tenant_id, lag_minutes, created_by)
SELECT later.id, earlier.id, t.id, 0, u.id
FROM sys_tenants AS t
JOIN tasks AS later ON later.tenant_id = t.id AND later.task_number = 'T-0002'
JOIN tasks AS earlier ON earlier.tenant_id = t.id AND earlier.task_number = 'T-0001'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'ploy@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (task_id, depends_on_task_id) DO NOTHING;

INSERT INTO task_comments (tenant_id, task_id, author_id, body)
SELECT t.id, k.id, u.id, 'White or grey background?'
FROM sys_tenants AS t
JOIN tasks AS k ON k.tenant_id = t.id AND k.task_number = 'T-0002'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'mali@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT FROM task_comments AS c WHERE c.task_id = k.id AND c.parent_comment_id IS NULL
  );

INSERT INTO task_comments (tenant_id, task_id, parent_comment_id, author_id, body)
SELECT t.id, k.id, question.id, u.id, 'White, as in the web shop.'
FROM sys_tenants AS t
JOIN tasks AS k ON k.tenant_id = t.id AND k.task_number = 'T-0002'
JOIN task_comments AS question
  ON question.task_id = k.id AND question.body = 'White or grey background?'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'ploy@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM task_comments AS c WHERE c.parent_comment_id = question.id);

INSERT INTO task_attachments (
  tenant_id, task_id, comment_id, storage_path, file_name, content_type, size_bytes, uploaded_by
)
SELECT t.id, k.id, c.id, 'tasks/T-0002/sample.png', 'sample.png', 'image/png', 733120, u.id
FROM sys_tenants AS t
JOIN tasks AS k ON k.tenant_id = t.id AND k.task_number = 'T-0002'
JOIN task_comments AS c ON c.task_id = k.id AND c.body = 'White or grey background?'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'mali@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, storage_path) DO NOTHING;

INSERT INTO task_activity_logs (tenant_id, task_id, actor_id, action, changes, occurred_at)
SELECT t.id, k.id, u.id, v.action, v.changes::jsonb, v.occurred_at
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'ploy@lotus.example'
CROSS JOIN (VALUES
  ('T-0001', 'created', '{}', timestamptz '2025-03-01 02:00+00'),
  ('T-0001', 'completed', '{"status": ["in_progress", "done"]}', '2025-03-06 10:00+00')
) AS v (task_number, action, changes, occurred_at)
JOIN tasks AS k ON k.tenant_id = t.id AND k.task_number = v.task_number
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT
    FROM task_activity_logs AS a
    WHERE a.task_id = k.id AND a.action = v.action AND a.occurred_at = v.occurred_at
  );
