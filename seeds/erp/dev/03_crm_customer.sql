-- Four persons, one of them a duplicate; their leads, customers, opportunities and a re-engagement
-- batch. The orders and the campaign that came of them are linked by 08_crm_conversions.

INSERT INTO crm_personal_keys (tenant_id, person_code, display_name, source)
SELECT t.id, v.person_code, v.display_name, v.source
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('P-0001', 'Somchai Rattana', 'facebook'),
  ('P-0002', 'Naree Thong', 'line'),
  ('P-0003', 'Lisa Becker', 'web shop'),
  ('P-0004', 'S. Rattana', 'import')
) AS v (person_code, display_name, source)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, person_code) DO NOTHING;

UPDATE crm_personal_keys AS duplicate
SET merged_into_id = kept.id
FROM sys_tenants AS t
JOIN crm_personal_keys AS kept ON kept.tenant_id = t.id AND kept.person_code = 'P-0001'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND duplicate.tenant_id = t.id AND duplicate.person_code = 'P-0004'
  AND duplicate.merged_into_id IS DISTINCT FROM kept.id;

INSERT INTO crm_personal_contacts (
  tenant_id, personal_key_id, kind, value, label, is_primary, verified_at
)
SELECT t.id, p.id, v.kind, v.value, v.label, v.is_primary, v.verified_at
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('P-0001', 'phone', '+66822220001', 'mobile', true, timestamptz '2025-02-01 04:00+00'),
  ('P-0001', 'phone', '+6622220001', 'office', false, NULL),
  ('P-0001', 'facebook', 'somchai.rattana', NULL, true, NULL),
  ('P-0002', 'line', 'naree.t', NULL, true, '2025-02-03 09:00+00'),
  ('P-0003', 'email', 'lisa.becker@mail.example', NULL, true, '2025-02-10 12:00+00')
) AS v (person_code, kind, value, label, is_primary, verified_at)
JOIN crm_personal_keys AS p ON p.tenant_id = t.id AND p.person_code = v.person_code
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (personal_key_id, kind, value) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO crm_personal_addresses (
  tenant_id, personal_key_id, kind, recipient_name, phone, line1, district, city, province,
  postal_code, country_code, is_default
)
SELECT t.id, p.id, v.kind, v.recipient_name, v.phone, v.line1, v.district, v.city, v.province,
  v.postal_code, v.country_code, true
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('P-0001', 'shipping', 'Somchai Rattana', '+66822220001', '88/1 Soi Ari 4', 'Phaya Thai',
    'Bangkok', 'Bangkok', '10400', 'TH'),
  ('P-0001', 'billing', 'Rattana Trading Co., Ltd.', '+6622220001', '12 Silom Road', 'Bang Rak',
    'Bangkok', 'Bangkok', '10500', 'TH'),
  ('P-0003', 'shipping', 'Lisa Becker', NULL, '5 Nimman Road', 'Mueang',
    'Chiang Mai', 'Chiang Mai', '50200', 'TH')
) AS v (person_code, kind, recipient_name, phone, line1, district, city, province, postal_code,
  country_code)
JOIN crm_personal_keys AS p ON p.tenant_id = t.id AND p.person_code = v.person_code
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (personal_key_id, kind) WHERE is_default AND deleted_at IS NULL DO NOTHING;

INSERT INTO crm_personal_profile (
  personal_key_id, tenant_id, first_name, last_name, nickname, gender, birth_date, language,
  occupation, marketing_consent_at, attributes, preferences
)
SELECT p.id, t.id, v.first_name, v.last_name, v.nickname, v.gender, v.birth_date, v.language,
  v.occupation, v.marketing_consent_at, v.attributes::jsonb, v.preferences::jsonb
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('P-0001', 'Somchai', 'Rattana', 'Chai', 'male', date '1984-05-12', 'th', 'Merchant',
    timestamptz '2025-02-01 04:00+00', '{"interests": ["corporate gifts"]}', '{"channel": "phone"}'),
  ('P-0002', 'Naree', 'Thong', NULL, 'female', NULL, 'th', NULL, NULL, '{}', '{"channel": "line"}'),
  ('P-0003', 'Lisa', 'Becker', NULL, 'undisclosed', '1991-11-30', 'de', 'Architect', NULL,
    '{"ringSize": 54}', '{"channel": "email", "language": "en"}')
) AS v (person_code, first_name, last_name, nickname, gender, birth_date, language, occupation,
  marketing_consent_at, attributes, preferences)
JOIN crm_personal_keys AS p ON p.tenant_id = t.id AND p.person_code = v.person_code
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (personal_key_id) DO NOTHING;

INSERT INTO crm_personal_journey (
  tenant_id, personal_key_id, stage, event, source, recorded_by, details, occurred_at
)
SELECT t.id, p.id, v.stage, v.event, v.source, u.id, v.details::jsonb, v.occurred_at
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('P-0001', 'awareness', 'saw an advertisement', 'facebook', NULL, '{"ad": "new-year"}',
    timestamptz '2025-01-20 11:00+00'),
  ('P-0001', 'interest', 'asked for a quotation', 'facebook', 'anan@lotus.example', '{"pieces": 50}',
    '2025-02-01 04:00+00'),
  ('P-0001', 'purchase', 'paid the first order', 'facebook', NULL, '{}', '2025-02-14 06:30+00'),
  ('P-0002', 'interest', 'wrote on LINE', 'line', 'anan@lotus.example', '{}', '2025-02-03 09:00+00')
) AS v (person_code, stage, event, source, recorder, details, occurred_at)
JOIN crm_personal_keys AS p ON p.tenant_id = t.id AND p.person_code = v.person_code
LEFT JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = v.recorder
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT
    FROM crm_personal_journey AS j
    WHERE j.personal_key_id = p.id AND j.event = v.event AND j.occurred_at = v.occurred_at
  );

INSERT INTO crm_leads (
  tenant_id, lead_number, personal_key_id, owner_id, status, source, interest, score, lost_reason,
  assigned_at, contacted_at, converted_at, details, created_by
)
SELECT t.id, v.lead_number, p.id, seller.id, v.status, v.source, v.interest, v.score, v.lost_reason,
  v.assigned_at, v.contacted_at, v.converted_at, v.details::jsonb, boss.id
FROM sys_tenants AS t
JOIN sys_users AS boss ON boss.tenant_id = t.id AND boss.email = 'ploy@lotus.example'
JOIN sys_users AS seller ON seller.tenant_id = t.id AND seller.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('L-0001', 'P-0001', 'converted', 'facebook', 'Engraved pens, 50 pieces', 90, NULL,
    timestamptz '2025-02-01 05:00+00', timestamptz '2025-02-01 06:10+00',
    timestamptz '2025-02-12 08:00+00', '{"budget": 20000}'),
  ('L-0002', 'P-0002', 'contacted', 'line', 'Wedding favours', 55, NULL,
    '2025-02-03 10:00+00', '2025-02-03 10:30+00', NULL, '{"weddingOn": "2025-06-14"}'),
  ('L-0003', 'P-0003', 'lost', 'web shop', 'Silver ring', 20, 'Bought elsewhere',
    '2025-02-10 13:00+00', '2025-02-11 03:00+00', NULL, '{}')
) AS v (lead_number, person_code, status, source, interest, score, lost_reason, assigned_at,
  contacted_at, converted_at, details)
JOIN crm_personal_keys AS p ON p.tenant_id = t.id AND p.person_code = v.person_code
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, lead_number) DO NOTHING;

INSERT INTO crm_customers (
  tenant_id, customer_code, personal_key_id, lead_id, account_manager_id, kind, company_name,
  tax_id, tier, credit_limit, first_order_at, last_order_at, attributes, created_by
)
SELECT t.id, v.customer_code, p.id, l.id, seller.id, v.kind, v.company_name, v.tax_id, v.tier,
  v.credit_limit, v.first_order_at, v.last_order_at, v.attributes::jsonb, seller.id
FROM sys_tenants AS t
JOIN sys_users AS seller ON seller.tenant_id = t.id AND seller.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('C-0001', 'P-0001', 'L-0001', 'business', 'Rattana Trading Co., Ltd.', '0105558000001', 'gold',
    50000.00, timestamptz '2025-02-12 08:00+00', timestamptz '2025-02-12 08:00+00',
    '{"invoiceBy": "email"}'),
  ('C-0002', 'P-0003', NULL, 'person', NULL, NULL, 'standard', 0.00,
    '2025-03-02 07:15+00', '2025-03-02 07:15+00', '{}')
) AS v (customer_code, person_code, lead_number, kind, company_name, tax_id, tier, credit_limit,
  first_order_at, last_order_at, attributes)
JOIN crm_personal_keys AS p ON p.tenant_id = t.id AND p.person_code = v.person_code
LEFT JOIN crm_leads AS l ON l.tenant_id = t.id AND l.lead_number = v.lead_number
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, customer_code) DO NOTHING;

INSERT INTO crm_potential (
  tenant_id, title, personal_key_id, customer_id, lead_id, owner_id, stage, expected_amount,
  currency, probability, expected_close_on, closed_at, notes, created_by
)
SELECT t.id, v.title, p.id, c.id, l.id, seller.id, v.stage, v.expected_amount, 'THB', v.probability,
  v.expected_close_on, v.closed_at, v.notes, seller.id
FROM sys_tenants AS t
JOIN sys_users AS seller ON seller.tenant_id = t.id AND seller.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('50 engraved pens', 'P-0001', 'C-0001', 'L-0001', 'won', 17500.00, 100, date '2025-02-15',
    timestamptz '2025-02-12 08:00+00', 'Repeat order likely before the new year.'),
  ('Wedding favours, 120 pieces', 'P-0002', NULL, 'L-0002', 'proposal', 24000.00, 40, '2025-04-30',
    NULL, NULL)
) AS v (title, person_code, customer_code, lead_number, stage, expected_amount, probability,
  expected_close_on, closed_at, notes)
JOIN crm_personal_keys AS p ON p.tenant_id = t.id AND p.person_code = v.person_code
LEFT JOIN crm_customers AS c ON c.tenant_id = t.id AND c.customer_code = v.customer_code
LEFT JOIN crm_leads AS l ON l.tenant_id = t.id AND l.lead_number = v.lead_number
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT FROM crm_potential AS o WHERE o.personal_key_id = p.id AND o.title = v.title
  );

INSERT INTO crm_reengaged_batches (
  tenant_id, code, name, channel, status, criteria, started_at, completed_at, created_by
)
SELECT t.id, 'RB-2025-03', 'Quiet since January', 'call', 'completed',
  '{"lastContactBefore": "2025-02-15"}', '2025-03-01 02:00+00', '2025-03-05 10:00+00', u.id
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) DO NOTHING;

INSERT INTO crm_reengage_personal_keys (
  tenant_id, batch_id, personal_key_id, assigned_to, outcome, contacted_at, note
)
SELECT t.id, b.id, p.id, u.id, v.outcome, v.contacted_at, v.note
FROM sys_tenants AS t
JOIN crm_reengaged_batches AS b ON b.tenant_id = t.id AND b.code = 'RB-2025-03'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('P-0002', 'no_answer', timestamptz '2025-03-01 03:00+00', NULL),
  ('P-0003', 'converted', '2025-03-01 03:20+00', 'Ordered the ring after all.')
) AS v (person_code, outcome, contacted_at, note)
JOIN crm_personal_keys AS p ON p.tenant_id = t.id AND p.person_code = v.person_code
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (batch_id, personal_key_id) DO NOTHING;

INSERT INTO crm_reengage_batches_stats (
  tenant_id, batch_id, stat_date, members, contacted, responded, converted, revenue
)
SELECT t.id, b.id, v.stat_date, 2, v.contacted, v.responded, v.converted, v.revenue
FROM sys_tenants AS t
JOIN crm_reengaged_batches AS b ON b.tenant_id = t.id AND b.code = 'RB-2025-03'
CROSS JOIN (VALUES
  (date '2025-03-01', 2, 1, 0, 0.00),
  ('2025-03-02', 0, 0, 1, 2590.00)
) AS v (stat_date, contacted, responded, converted, revenue)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (batch_id, stat_date) DO NOTHING;
