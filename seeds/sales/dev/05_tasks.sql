-- Tasks in every state: of a lead, of a customer alone, passed on to somebody else, and a private one.

SELECT set_config('app.user_id', (SELECT id::text FROM users WHERE email = 'manager@crm.com'), true);

INSERT INTO tasks (
  title, description, status, priority, due_date, completed_at, user_id, customer_id, lead_id, assigned_to
)
SELECT
  seed.title, seed.description, seed.status::task_status, seed.priority, seed.due_date::timestamp,
  seed.completed_at::timestamp, owner.id, lead.customer_id, lead.id, assignee.id
FROM (
  VALUES
    ('Send the refreshed quote', 'With the discount for two sites', 'pending', 'high', '2026-03-02 12:00', NULL,
      'admin@crm.com', 'Acme data centre refresh', 'manager@crm.com'),
    ('Prepare the portal demo', NULL, 'in_progress', 'medium', '2026-03-05 09:00', NULL,
      'user@crm.com', 'Healthcare Plus patient portal', 'user@crm.com'),
    ('Collect the renewal terms', 'Legal wants the wording of last year', 'pending', 'urgent', '2026-02-20 17:00', NULL,
      'manager@crm.com', 'Tech Solutions support renewal', 'user@crm.com'),
    ('Hand over to delivery', NULL, 'completed', 'medium', '2026-02-03 17:00', '2026-02-02 15:40',
      'admin@crm.com', 'Acme single sign-on', NULL),
    ('Win back the office move', 'They have signed elsewhere', 'cancelled', 'low', '2025-12-20 09:00', NULL,
      'user@crm.com', 'Tech Solutions office move', NULL),
    ('Plan the quarter', NULL, 'pending', 'low', '2026-03-31 17:00', NULL, 'manager@crm.com', NULL, NULL)
) AS seed (title, description, status, priority, due_date, completed_at, owner, lead, assignee)
JOIN users AS owner ON owner.email = seed.owner
LEFT JOIN leads AS lead ON lead.title = seed.lead
LEFT JOIN users AS assignee ON assignee.email = seed.assignee
WHERE NOT EXISTS (SELECT FROM tasks AS t WHERE t.user_id = owner.id AND t.title = seed.title)
ORDER BY seed.due_date, seed.title;
