-- One interaction of each type with a lead, and one with a customer alone.

SELECT set_config('app.user_id', (SELECT id::text FROM users WHERE email = 'user@crm.com'), true);

INSERT INTO interactions (
  type, subject, description, customer_id, lead_id, user_id, interaction_date, duration_minutes, outcome, follow_up_date
)
SELECT
  seed.type::interaction_type, seed.subject, seed.description, customer.id, lead.id, users.id,
  seed.interaction_date::timestamp, seed.duration_minutes, seed.outcome, seed.follow_up_date::date
FROM (
  VALUES
    ('call', 'First call about the pilot', 'Asked for twenty seats and a trial', 'Acme Corp', 'Acme Corporation',
      'Acme ticketing pilot', 'user@crm.com', '2026-02-10 10:30', 25, 'Trial agreed', '2026-02-24'),
    ('email', 'Offer for the support renewal', 'Three years, price fixed', 'Tech Solutions', 'Tech Solutions Inc',
      'Tech Solutions support renewal', 'manager@crm.com', '2026-02-12 16:05', NULL, NULL, '2026-02-19'),
    ('meeting', 'Portal workshop', 'Requirements of three clinics', 'Healthcare Plus', 'Healthcare Plus LLC',
      'Healthcare Plus patient portal', 'user@crm.com', '2026-02-16 13:00', 120, 'Demo wanted in March', '2026-03-05'),
    ('note', 'Why the office move was lost', 'Price, and no office nearby', 'Tech Solutions Inc', 'Tech Solutions',
      'Tech Solutions office move', 'user@crm.com', '2025-12-16 09:15', NULL, NULL, NULL),
    ('call', 'Satisfaction call', 'Quarterly', 'Acme Corporation', 'Acme Corp',
      NULL, 'admin@crm.com', '2026-02-18 11:00', 15, 'Content', NULL)
) AS seed (
  type, subject, description, customer_name, company, lead, email, interaction_date, duration_minutes, outcome,
  follow_up_date
)
JOIN customers AS customer ON customer.name = seed.customer_name AND customer.company = seed.company
JOIN users ON users.email = seed.email
LEFT JOIN leads AS lead ON lead.customer_id = customer.id AND lead.title = seed.lead
WHERE NOT EXISTS (
  SELECT
  FROM interactions AS i
  WHERE i.customer_id = customer.id AND i.subject = seed.subject
    AND i.interaction_date = seed.interaction_date::timestamp
)
ORDER BY seed.interaction_date, seed.subject;
