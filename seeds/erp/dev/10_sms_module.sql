-- A provider account with one sender; a conversation about an order and the answer to it.

INSERT INTO sms_service_accounts (
  tenant_id, code, name, provider, credential_name, monthly_limit, settings
)
SELECT t.id, 'main', 'Main account', 'example-sms', 'sms/main/api-key', 5000,
  '{"region": "ap-southeast"}'
FROM sys_tenants AS t
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO sms_sender_accounts (
  tenant_id, service_account_id, project_id, sender, kind, status, is_default
)
SELECT t.id, s.id, p.id, v.sender, v.kind, 'active', v.is_default
FROM sys_tenants AS t
JOIN sms_service_accounts AS s ON s.tenant_id = t.id AND s.code = 'main' AND s.deleted_at IS NULL
CROSS JOIN (VALUES
  ('+66900000001', 'long_code', true, NULL),
  ('LOTUSGIFTS', 'alphanumeric', false, 'NY-2026')
) AS v (sender, kind, is_default, project)
LEFT JOIN project AS p ON p.tenant_id = t.id AND p.code = v.project AND p.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (service_account_id, sender) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO sms_conversations (
  tenant_id, sender_account_id, customer_id, phone_number, assigned_to, last_message_at
)
SELECT t.id, s.id, c.id, '+66822220001', u.id, '2025-02-20 04:30+00'
FROM sys_tenants AS t
JOIN sms_sender_accounts AS s
  ON s.tenant_id = t.id AND s.sender = '+66900000001' AND s.deleted_at IS NULL
JOIN crm_customers AS c ON c.tenant_id = t.id AND c.customer_code = 'C-0001'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (sender_account_id, phone_number) DO NOTHING;

INSERT INTO sms_messages (
  tenant_id, conversation_id, campaign_id, project_id, sender_user_id, direction, body, status,
  provider_message_id, cost_amount, currency, provider_data, sent_at, delivered_at
)
SELECT t.id, s.id, c.id, p.id, u.id, v.direction, v.body, v.status, v.provider_message_id, v.cost,
  'THB', v.provider_data::jsonb, v.sent_at, v.delivered_at
FROM sys_tenants AS t
JOIN sms_conversations AS s ON s.tenant_id = t.id AND s.phone_number = '+66822220001'
CROSS JOIN (VALUES
  ('outbound', 'Your order LG-0001 has been shipped.', 'delivered', 'sm-5001', 0.4500, '{"parts": 1}',
    timestamptz '2025-02-20 03:05+00', timestamptz '2025-02-20 03:05+00', NULL, NULL,
    'anan@lotus.example'),
  ('inbound', 'Thank you!', 'received', 'sm-5002', 0.0000, '{}', '2025-02-20 04:30+00', NULL, NULL,
    NULL, NULL),
  ('outbound', 'The new catalog is on its way. Reply STOP to opt out.', 'delivered', 'sm-5003', 0.4500,
    '{"parts": 1}', '2025-03-08 03:00+00', '2025-03-08 03:01+00', 'NEWYEAR-25', 'NY-2026', NULL)
) AS v (direction, body, status, provider_message_id, cost, provider_data, sent_at, delivered_at,
  campaign, project, sender)
LEFT JOIN mkt_campaigns AS c
  ON c.tenant_id = t.id AND c.code = v.campaign AND c.deleted_at IS NULL
LEFT JOIN project AS p ON p.tenant_id = t.id AND p.code = v.project AND p.deleted_at IS NULL
LEFT JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = v.sender
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (conversation_id, provider_message_id) WHERE provider_message_id IS NOT NULL DO NOTHING;

INSERT INTO sms_attachments (
  tenant_id, message_id, storage_path, file_name, content_type, size_bytes
)
SELECT t.id, m.id, 'sms/sm-5003/cover.jpg', 'cover.jpg', 'image/jpeg', 120455
FROM sys_tenants AS t
JOIN sms_messages AS m ON m.tenant_id = t.id AND m.provider_message_id = 'sm-5003'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, storage_path) DO NOTHING;

INSERT INTO sms_reactions (tenant_id, message_id, user_id, emoji, reacted_at)
SELECT t.id, m.id, u.id, '🙏', '2025-02-20 04:35+00'
FROM sys_tenants AS t
JOIN sms_messages AS m ON m.tenant_id = t.id AND m.provider_message_id = 'sm-5002'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (message_id, user_id, emoji) WHERE user_id IS NOT NULL DO NOTHING;
