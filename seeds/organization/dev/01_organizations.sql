-- Acme Corp, on the professional plan.

INSERT INTO organizations (
  id, name, slug, plan, status, industry, website, support_email, billing_email, timezone,
  settings, created_at
) VALUES (
  '0a000000-0000-4000-8000-000000000001',
  'Acme Corp',
  'acme-corp',
  'PROFESSIONAL',
  'ACTIVE',
  'Consumer electronics',
  'https://acme.example',
  'support@acme.example',
  'billing@acme.example',
  'America/New_York',
  '{
    "branding": {"primaryColor": "#c8102e"},
    "businessHours": {"from": "09:00", "to": "18:00", "days": ["MON", "TUE", "WED", "THU", "FRI"]},
    "autoAssignTickets": true
  }',
  '2024-06-03T13:00:00Z'
)
ON CONFLICT (id) DO NOTHING;
