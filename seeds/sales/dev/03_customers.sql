-- Five customers of the three users.

SELECT set_config('app.user_id', (SELECT id::text FROM users WHERE email = 'admin@crm.com'), true);

INSERT INTO customers (name, email, company, industry, owner_id) VALUES
  ('Acme Corp', 'contact@acme.com', 'Acme Corporation', 'Technology',
    (SELECT id FROM users WHERE email = 'admin@crm.com')),
  ('Tech Solutions', 'info@techsolutions.com', 'Tech Solutions Inc', 'Technology',
    (SELECT id FROM users WHERE email = 'manager@crm.com')),
  ('Healthcare Plus', 'hello@healthcareplus.com', 'Healthcare Plus LLC', 'Healthcare',
    (SELECT id FROM users WHERE email = 'user@crm.com')),
  ('Acme Corporation', 'contact@acme.com', 'Acme Corp', 'Technology',
    (SELECT id FROM users WHERE email = 'admin@crm.com')),
  ('Tech Solutions Inc', 'info@techsolutions.com', 'Tech Solutions', 'Technology',
    (SELECT id FROM users WHERE email = 'admin@crm.com'))
ON CONFLICT (name, company) DO NOTHING;
