-- The refund budget of March 2025; spent is the sum of its usage records.

INSERT INTO budgets (
  id, organization_id, name, type, period, amount, spent, currency, period_start, period_end,
  alert_thresholds, owner_id, created_by
) VALUES (
  '1c000000-0000-4000-8000-000000000001', '0a000000-0000-4000-8000-000000000001',
  'Refunds, March 2025', 'REFUNDS', 'MONTHLY', 5000.00, 124.90, 'USD', '2025-03-01', '2025-03-31',
  '[50, 80, 100]', '0b000000-0000-4000-8000-000000000002', '0b000000-0000-4000-8000-000000000001'
)
ON CONFLICT (id) DO NOTHING;
