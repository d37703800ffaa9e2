-- A full profile for each of the three customers.

INSERT INTO customer_profiles (
  id, organization_id, user_id, assigned_representative_id, company, job_title, tier, standing,
  lifetime_value, total_orders, context, preferences, customer_since, last_contact_at
) VALUES
  (
    '0d000000-0000-4000-8000-000000000001', '0a000000-0000-4000-8000-000000000001',
    '0b000000-0000-4000-8000-000000000005', '0c000000-0000-4000-8000-000000000002',
    NULL, NULL, 'STANDARD', 'GOOD', 1284.50, 6,
    '{"lastOrder": "SO-20871", "devices": ["Acme Hub 2"], "sentiment": "neutral"}',
    '{"channel": "email", "language": "en", "marketing": false}',
    '2024-08-14', '2025-03-09T18:25:00Z'
  ),
  (
    '0d000000-0000-4000-8000-000000000002', '0a000000-0000-4000-8000-000000000001',
    '0b000000-0000-4000-8000-000000000006', '0c000000-0000-4000-8000-000000000001',
    'Northwind Traders', 'Head of IT', 'ENTERPRISE', 'GOOD', 48210.00, 31,
    '{"lastOrder": "SO-20911", "contract": "NW-2025", "sentiment": "frustrated"}',
    '{"channel": "phone", "language": "en", "marketing": true}',
    '2024-06-21', '2025-03-10T14:05:00Z'
  ),
  (
    '0d000000-0000-4000-8000-000000000003', '0a000000-0000-4000-8000-000000000001',
    '0b000000-0000-4000-8000-000000000007', '0c000000-0000-4000-8000-000000000003',
    NULL, NULL, 'BASIC', 'WARNING', 79.90, 1,
    '{"lastOrder": "SO-20699", "chargebacks": 1}',
    '{"channel": "chat", "language": "en", "marketing": true}',
    '2025-01-05', '2025-02-27T11:15:00Z'
  )
ON CONFLICT (id) DO NOTHING;
