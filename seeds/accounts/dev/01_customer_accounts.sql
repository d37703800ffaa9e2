-- Accounts of both types, of three users; an unknown e-mail leaves the account without a creator or an editor.

INSERT INTO customer_accounts (
  company_name, customer_type, billing_address, service_address, account_notes, tags,
  created_at, updated_at, created_by, updated_by
)
SELECT
  seed.company_name, seed.customer_type, seed.billing_address::jsonb, seed.service_address::jsonb,
  seed.account_notes, seed.tags::text[], seed.created_at::timestamptz, seed.updated_at::timestamptz,
  creator.id, editor.id
FROM (
  VALUES
    (
      'Anytown Office Park', 'Commercial',
      '{"street": "123 Main Street", "city": "Anytown", "state": "CA", "zip": "12345", "country": "USA"}',
      '{"street": "125 Main Street", "city": "Anytown", "state": "CA", "zip": "12345", "country": "USA"}',
      'Monthly contract; two buildings, one invoice.', '{contract,priority}',
      '2025-01-08 10:00+00', '2025-01-15 14:30+00', 'owner@example.com', 'agent@example.com'
    ),
    (
      'Riverside Dental Clinic', 'Commercial',
      '{"street": "8 River Road", "city": "Springfield", "state": "IL", "zip": "62701", "country": "USA"}',
      '{"street": "8 River Road", "city": "Springfield", "state": "IL", "zip": "62701", "country": "USA"}',
      'Evenings only, after the last patient.', '{healthcare,evening}',
      '2025-01-09 08:15+00', '2025-01-09 08:15+00', 'agent@example.com', 'agent@example.com'
    ),
    (
      'Nguyen Household', 'Residential',
      '{"street": "41 Elm Court", "city": "Portland", "state": "OR", "zip": "97205", "country": "USA"}',
      '{"street": "41 Elm Court", "city": "Portland", "state": "OR", "zip": "97205", "country": "USA"}',
      NULL, '{referral}',
      '2025-01-10 16:45+00', '2025-02-01 11:00+00', 'agent@example.com', 'owner@example.com'
    ),
    (
      'Harbour Warehouse Group', 'Commercial',
      '{"street": "700 Dock Street", "city": "Tacoma", "state": "WA", "zip": "98402", "country": "USA"}',
      '{}',
      'Site visit outstanding; the address of the second hall is not known.', '{prospect}',
      '2025-01-20 13:20+00', '2025-01-20 13:20+00', 'owner@example.com', 'owner@example.com'
    ),
    (
      'Brooks Family', 'Residential',
      '{}', '{}', 'Imported from the paper file.', '{}',
      '2025-01-08 09:00+00', '2025-01-08 09:00+00', NULL, 'support@example.com'
    )
) AS seed (
  company_name, customer_type, billing_address, service_address, account_notes, tags,
  created_at, updated_at, creator, editor
)
LEFT JOIN auth.users AS creator ON creator.email = seed.creator
LEFT JOIN auth.users AS editor ON editor.email = seed.editor
WHERE NOT EXISTS (SELECT FROM customer_accounts AS a WHERE a.company_name = seed.company_name)
ORDER BY seed.created_at, seed.company_name;
