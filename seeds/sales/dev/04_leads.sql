-- A lead in every stage, and one whose stage and owner are still open.

SELECT set_config('app.user_id', (SELECT id::text FROM users WHERE email = 'manager@crm.com'), true);

INSERT INTO leads (
  title, description, amount, currency, customer_id, stage_id, owner_id, source, probability, expected_close_date
)
SELECT
  seed.title, seed.description, seed.amount, seed.currency, customer.id, stage.id, owner.id,
  seed.source, seed.probability, seed.expected_close_date::date
FROM (
  VALUES
    ('Acme ticketing pilot', 'Twenty seats for the support desk', 4800.00, 'USD', 'Acme Corp', 'Acme Corporation',
      1, 'user@crm.com', 'website', 10, '2026-09-30'),
    ('Acme data centre refresh', 'Servers and storage for two sites', 185000.00, 'USD', 'Acme Corp', 'Acme Corporation',
      4, 'admin@crm.com', 'referral', 55, '2026-06-30'),
    ('Acme single sign-on', 'All subsidiaries behind one directory', 32000.00, 'USD', 'Acme Corporation', 'Acme Corp',
      6, 'admin@crm.com', 'existing customer', 100, '2026-01-31'),
    ('Tech Solutions support renewal', 'Three years instead of one', 27500.00, 'USD', 'Tech Solutions',
      'Tech Solutions Inc', 5, 'manager@crm.com', 'existing customer', 80, '2026-04-15'),
    ('Tech Solutions code audit', 'Review of the billing service', 12000.00, 'EUR', 'Tech Solutions Inc',
      'Tech Solutions', 2, 'manager@crm.com', 'trade fair', 20, '2026-07-31'),
    ('Tech Solutions office move', 'They stayed with their supplier', 9000.00, 'EUR', 'Tech Solutions Inc',
      'Tech Solutions', 7, 'user@crm.com', 'cold call', 0, '2025-12-15'),
    ('Healthcare Plus patient portal', 'Appointments and results online', 96000.00, 'USD', 'Healthcare Plus',
      'Healthcare Plus LLC', 3, 'user@crm.com', 'webinar', 40, '2026-08-31'),
    ('Healthcare Plus clinic network', NULL, NULL, 'USD', 'Healthcare Plus', 'Healthcare Plus LLC',
      NULL, NULL, NULL, NULL, NULL)
) AS seed (
  title, description, amount, currency, customer_name, company, stage_id, owner, source, probability,
  expected_close_date
)
JOIN customers AS customer ON customer.name = seed.customer_name AND customer.company = seed.company
LEFT JOIN lead_stages AS stage ON stage.id = seed.stage_id
LEFT JOIN users AS owner ON owner.email = seed.owner
WHERE NOT EXISTS (SELECT FROM leads AS l WHERE l.customer_id = customer.id AND l.title = seed.title)
ORDER BY customer.id, seed.title;
