-- An evaluation with its scores; shifts with a report; a request for time off.

INSERT INTO performance_criteria (tenant_id, code, name, description, weight)
SELECT t.id, v.code, v.name, v.description, v.weight
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('quality', 'Quality of work', 'Errors, returns, care.', 2.00),
  ('service', 'Service', 'Tone and speed toward customers.', 1.00)
) AS v (code, name, description, weight)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) DO NOTHING;

INSERT INTO performance_evaluations (
  tenant_id, employee_id, evaluator_id, kind, period_start, period_end, status, overall_score,
  strengths, improvements, goals, submitted_at
)
SELECT t.id, employee.id, boss.id, 'manager', '2024-07-01', '2024-12-31', 'submitted', 4.33,
  'Careful, and kind to new colleagues.', 'Ask earlier when material runs low.',
  '[{"goal": "Learn laser engraving", "due": "2025-06-30", "state": "open"}]',
  '2025-01-15 08:00+00'
FROM sys_tenants AS t
JOIN sys_users AS employee ON employee.tenant_id = t.id AND employee.email = 'mali@lotus.example'
JOIN sys_users AS boss ON boss.tenant_id = t.id AND boss.email = 'ploy@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (employee_id, evaluator_id, kind, period_start) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO performance_evaluation_scores (tenant_id, evaluation_id, criterion_id, score, comment)
SELECT t.id, e.id, c.id, v.score, v.comment
FROM sys_tenants AS t
JOIN sys_users AS employee ON employee.tenant_id = t.id AND employee.email = 'mali@lotus.example'
JOIN performance_evaluations AS e
  ON e.employee_id = employee.id AND e.period_start = '2024-07-01' AND e.deleted_at IS NULL
CROSS JOIN (VALUES ('quality', 4.50, 'One return in six months.'), ('service', 4.00, NULL))
  AS v (code, score, comment)
JOIN performance_criteria AS c ON c.tenant_id = t.id AND c.code = v.code
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (evaluation_id, criterion_id) DO NOTHING;

INSERT INTO schedule_shifts (
  tenant_id, user_id, role, location, starts_at, ends_at, break_minutes, status, created_by
)
SELECT t.id, u.id, v.role, v.location, v.starts_at, v.ends_at, 60, v.status, boss.id
FROM sys_tenants AS t
JOIN sys_users AS boss ON boss.tenant_id = t.id AND boss.email = 'ploy@lotus.example'
CROSS JOIN (VALUES
  ('anan@lotus.example', 'Chat and telephone', 'Shop', timestamptz '2025-03-10 02:00+00',
    timestamptz '2025-03-10 11:00+00', 'completed'),
  ('krit@lotus.example', 'Packing', 'Workshop', '2025-03-11 02:00+00', '2025-03-11 11:00+00',
    'published')
) AS v (email, role, location, starts_at, ends_at, status)
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = v.email
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT FROM schedule_shifts AS s WHERE s.user_id = u.id AND s.starts_at = v.starts_at
  );

INSERT INTO time_off_requests (
  tenant_id, user_id, kind, starts_on, ends_on, days, reason, status, reviewed_by, reviewed_at
)
SELECT t.id, u.id, v.kind, v.starts_on, v.ends_on, v.days, v.reason, v.status,
  CASE WHEN v.reviewed_at IS NOT NULL THEN boss.id END, v.reviewed_at
FROM sys_tenants AS t
JOIN sys_users AS boss ON boss.tenant_id = t.id AND boss.email = 'ploy@lotus.example'
CROSS JOIN (VALUES
  ('mali@lotus.example', 'annual', date '2025-04-14', date '2025-04-18', 2.00, 'Songkran at home',
    'approved', timestamptz '2025-03-05 03:00+00'),
  ('krit@lotus.example', 'personal', '2025-03-21', '2025-03-21', 0.50, NULL, 'pending', NULL)
) AS v (email, kind, starts_on, ends_on, days, reason, status, reviewed_at)
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = v.email
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT FROM time_off_requests AS r WHERE r.user_id = u.id AND r.starts_on = v.starts_on
  );

INSERT INTO shift_reports (
  tenant_id, shift_id, author_id, checked_in_at, checked_out_at, summary, orders_handled,
  messages_handled, sales_amount, incidents, status, approved_by, approved_at
)
SELECT t.id, s.id, u.id, '2025-03-10 01:56+00', '2025-03-10 11:04+00', 'Quiet day, two quotations.', 3,
  41, 4180.00, '[{"what": "Card terminal offline", "at": "2025-03-10T05:10:00Z"}]', 'approved',
  boss.id, '2025-03-10 12:00+00'
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
JOIN sys_users AS boss ON boss.tenant_id = t.id AND boss.email = 'ploy@lotus.example'
JOIN schedule_shifts AS s ON s.user_id = u.id AND s.starts_at = '2025-03-10 02:00+00'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (shift_id) DO NOTHING;
