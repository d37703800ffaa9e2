-- One contact known on two pages, a conversation with it, messages of both sides.

INSERT INTO unified_contacts (
  tenant_id, display_name, phone, email, language, owner_id, attributes, first_seen_at, last_seen_at
)
SELECT t.id, 'Naree Thong', '+66822220002', 'naree@mail.example', 'th', u.id,
  '{"weddingOn": "2025-06-14"}', '2025-02-03 09:00+00', '2025-03-10 06:40+00'
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT FROM unified_contacts AS c WHERE c.tenant_id = t.id AND c.phone = '+66822220002'
  );

INSERT INTO unified_contact_identities (
  tenant_id, contact_id, platform_page_id, external_id, display_name
)
SELECT t.id, c.id, page.id, v.external_id, v.display_name
FROM sys_tenants AS t
JOIN unified_contacts AS c ON c.tenant_id = t.id AND c.phone = '+66822220002'
CROSS JOIN (VALUES
  ('@lotusgifts', 'U4af4980629', 'naree.t'),
  ('100200300400', '7012345678', 'Naree Thong')
) AS v (page, external_id, display_name)
JOIN channels_platform_pages AS page
  ON page.tenant_id = t.id AND page.external_id = v.page AND page.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (platform_page_id, external_id) DO NOTHING;

INSERT INTO unified_conversations (
  tenant_id, contact_id, platform_page_id, external_id, subject, status, assigned_to, tags,
  first_response_at, last_message_at, closed_at, closed_by, created_at
)
SELECT t.id, c.id, page.id, v.external_id, v.subject, v.status, u.id, v.tags::jsonb,
  v.first_response_at, v.last_message_at, v.closed_at,
  CASE WHEN v.closed_at IS NOT NULL THEN u.id END, v.created_at
FROM sys_tenants AS t
JOIN unified_contacts AS c ON c.tenant_id = t.id AND c.phone = '+66822220002'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('@lotusgifts', 'line-7781', 'Wedding favours', 'open', '["wedding", "quotation"]',
    timestamptz '2025-02-03 09:20+00', timestamptz '2025-03-10 06:40+00', NULL::timestamptz,
    timestamptz '2025-02-03 09:00+00'),
  ('100200300400', 'fb-1190', NULL, 'closed', '[]', '2025-02-02 05:10+00', '2025-02-02 05:12+00',
    '2025-02-02 05:30+00', '2025-02-02 05:00+00')
) AS v (page, external_id, subject, status, tags, first_response_at, last_message_at, closed_at,
  created_at)
JOIN channels_platform_pages AS page
  ON page.tenant_id = t.id AND page.external_id = v.page AND page.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (platform_page_id, external_id) DO NOTHING;

INSERT INTO unified_messages (
  tenant_id, conversation_id, direction, kind, external_id, body, status, payload, sent_at
)
SELECT t.id, c.id, 'inbound', v.kind, v.external_id, v.body, 'received', v.payload::jsonb, v.sent_at
FROM sys_tenants AS t
JOIN unified_conversations AS c ON c.tenant_id = t.id AND c.external_id = 'line-7781'
CROSS JOIN (VALUES
  ('text', 'm-001', 'Can you make 120 small gifts for a wedding?', '{"type": "text"}',
    timestamptz '2025-02-03 09:00+00'),
  ('image', 'm-003', NULL, '{"type": "image"}', '2025-03-10 06:40+00')
) AS v (kind, external_id, body, payload, sent_at)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (conversation_id, external_id) WHERE external_id IS NOT NULL DO NOTHING;

INSERT INTO unified_messages (
  tenant_id, conversation_id, direction, sender_user_id, reply_to_id, external_id, body, status,
  sent_at, delivered_at, read_at
)
SELECT t.id, c.id, 'outbound', u.id, question.id, 'm-002', 'Gladly. When is the wedding?', 'read',
  '2025-02-03 09:20+00', '2025-02-03 09:20+00', '2025-02-03 09:41+00'
FROM sys_tenants AS t
JOIN unified_conversations AS c ON c.tenant_id = t.id AND c.external_id = 'line-7781'
JOIN unified_messages AS question
  ON question.conversation_id = c.id AND question.external_id = 'm-001'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (conversation_id, external_id) WHERE external_id IS NOT NULL DO NOTHING;

INSERT INTO unified_message_attachments (
  tenant_id, message_id, kind, storage_path, file_name, content_type, size_bytes
)
SELECT t.id, m.id, 'image', 'messages/line-7781/venue.jpg', 'venue.jpg', 'image/jpeg', 248311
FROM sys_tenants AS t
JOIN unified_conversations AS c ON c.tenant_id = t.id AND c.external_id = 'line-7781'
JOIN unified_messages AS m ON m.conversation_id = c.id AND m.external_id = 'm-003'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, storage_path) DO NOTHING;

INSERT INTO unified_message_reactions (tenant_id, message_id, contact_id, emoji, reacted_at)
SELECT t.id, m.id, c.contact_id, '👍', '2025-02-03 09:42+00'
FROM sys_tenants AS t
JOIN unified_conversations AS c ON c.tenant_id = t.id AND c.external_id = 'line-7781'
JOIN unified_messages AS m ON m.conversation_id = c.id AND m.external_id = 'm-002'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (message_id, contact_id, emoji) WHERE contact_id IS NOT NULL DO NOTHING;

INSERT INTO unified_message_reactions (tenant_id, message_id, user_id, emoji, reacted_at)
SELECT t.id, m.id, u.id, '❤', '2025-03-10 06:45+00'
FROM sys_tenants AS t
JOIN unified_conversations AS c ON c.tenant_id = t.id AND c.external_id = 'line-7781'
JOIN unified_messages AS m ON m.conversation_id = c.id AND m.external_id = 'm-003'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (message_id, user_id, emoji) WHERE user_id IS NOT NULL DO NOTHING;
