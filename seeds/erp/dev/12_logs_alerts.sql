-- Logs of the system, of people and of webhooks; an alert that was resolved; notes.

INSERT INTO system_logs (tenant_id, level, source, message, request_id, context, occurred_at)
SELECT t.id, v.level, v.source, v.message, v.request_id, v.context::jsonb, v.occurred_at
FROM (VALUES
  ('lotus-gifts', 'warning', 'payments', 'card terminal does not answer',
    uuid 'e0000000-0000-4000-8000-0000000000a1', '{"terminal": "T2"}',
    timestamptz '2025-03-10 05:10+00'),
  (NULL, 'info', 'scheduler', 'nightly jobs finished', NULL, '{"jobs": 14}', '2025-03-10 20:00+00')
) AS v (slug, level, source, message, request_id, context, occurred_at)
LEFT JOIN sys_tenants AS t ON t.slug = v.slug AND t.deleted_at IS NULL
WHERE NOT EXISTS (
  SELECT FROM system_logs AS l WHERE l.source = v.source AND l.occurred_at = v.occurred_at
);

INSERT INTO human_action_logs (
  tenant_id, actor_id, action, entity_table, entity_id, old_values, new_values, ip_address,
  user_agent, occurred_at
)
SELECT t.id, u.id, 'change status', 'orders', o.id, '{"status": "shipped"}',
  '{"status": "completed"}', '203.0.113.24', 'Firefox', '2025-02-24 04:00+00'
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = 'LG-0001'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT
    FROM human_action_logs AS l
    WHERE l.tenant_id = t.id AND l.entity_table = 'orders' AND l.entity_id = o.id
      AND l.occurred_at = '2025-02-24 04:00+00'
  );

INSERT INTO webhook_logs (
  tenant_id, direction, provider, event, url, status, attempt, http_status, request, response, error,
  duration_ms, next_attempt_at, occurred_at
)
SELECT t.id, v.direction, v.provider, v.event, v.url, v.status, v.attempt, v.http_status,
  v.request::jsonb, v.response, v.error, v.duration_ms, v.next_attempt_at, v.occurred_at
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('inbound', 'line', 'message', 'https://lotus.example/hooks/line', 'succeeded', 1, 200,
    '{"events": 1}', 'ok', NULL, 38, NULL, timestamptz '2025-03-10 06:40+00'),
  ('outbound', 'courier', 'parcel.created', 'https://courier.example/api/parcels', 'failed', 2, 503,
    '{"order": "LG-0002"}', NULL, 'service unavailable', 5003, timestamptz '2025-03-10 07:15+00',
    '2025-03-10 07:00+00')
) AS v (direction, provider, event, url, status, attempt, http_status, request, response, error,
  duration_ms, next_attempt_at, occurred_at)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT
    FROM webhook_logs AS l
    WHERE l.tenant_id = t.id AND l.provider = v.provider AND l.occurred_at = v.occurred_at
  );

INSERT INTO alert_rules (
  tenant_id, code, name, severity, condition, notify, cooldown_minutes, created_by
)
SELECT t.id, 'terminal-offline', 'Card terminal offline', 'critical',
  '{"source": "payments", "level": "warning", "minutes": 5}',
  '[{"channel": "line", "to": "owner"}]', 30, u.id
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'ploy@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO alerts (
  tenant_id, rule_id, severity, status, title, message, details, raised_at, acknowledged_by,
  acknowledged_at, resolved_by, resolved_at
)
SELECT t.id, r.id, r.severity, 'resolved', 'Card terminal T2 is offline',
  'No answer for five minutes.', '{"terminal": "T2"}', '2025-03-10 05:15+00', seller.id,
  '2025-03-10 05:18+00', boss.id, '2025-03-10 05:40+00'
FROM sys_tenants AS t
JOIN alert_rules AS r
  ON r.tenant_id = t.id AND r.code = 'terminal-offline' AND r.deleted_at IS NULL
JOIN sys_users AS seller ON seller.tenant_id = t.id AND seller.email = 'anan@lotus.example'
JOIN sys_users AS boss ON boss.tenant_id = t.id AND boss.email = 'ploy@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT FROM alerts AS a WHERE a.rule_id = r.id AND a.raised_at = '2025-03-10 05:15+00'
  );

INSERT INTO notes (tenant_id, entity_table, entity_id, author_id, body, visibility, is_pinned)
SELECT t.id, 'crm_customers', c.id, u.id, v.body, v.visibility, v.is_pinned
FROM sys_tenants AS t
JOIN crm_customers AS c ON c.tenant_id = t.id AND c.customer_code = 'C-0001'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('Orders again every November; call in October.', 'team', true),
  ('Prefers to be called after two in the afternoon.', 'private', false)
) AS v (body, visibility, is_pinned)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT
    FROM notes AS n
    WHERE n.entity_table = 'crm_customers' AND n.entity_id = c.id AND n.body = v.body
  );
