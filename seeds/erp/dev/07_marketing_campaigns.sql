-- Two campaigns with pages, promotions, assets, brand settings and tracked links.

INSERT INTO mkt_campaigns (
  tenant_id, code, name, objective, status, owner_id, starts_at, ends_at, budget_amount,
  spent_amount, currency, targeting, created_by
)
SELECT t.id, v.code, v.name, v.objective, v.status, u.id, v.starts_at, v.ends_at, v.budget, v.spent,
  'THB', v.targeting::jsonb, u.id
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('NEWYEAR-25', 'Corporate gifts for the new year', 'leads', 'completed',
    timestamptz '2025-01-10 00:00+00', timestamptz '2025-02-15 00:00+00', 30000.00, 28450.00,
    '{"age": [28, 55], "cities": ["Bangkok"]}'),
  ('SONGKRAN-25', 'Songkran rings', 'sales', 'scheduled', '2025-04-01 00:00+00',
    '2025-04-16 00:00+00', 15000.00, 0.00, '{}')
) AS v (code, name, objective, status, starts_at, ends_at, budget, spent, targeting)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO mkt_campaign_pages (
  campaign_id, platform_page_id, tenant_id, budget_amount, external_campaign_id
)
SELECT c.id, page.id, t.id, v.budget, v.external_id
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('NEWYEAR-25', '100200300400', 24000.00, '23850011122233344'),
  ('NEWYEAR-25', '@lotusgifts', 6000.00, NULL),
  ('SONGKRAN-25', '100200300400', 15000.00, NULL)
) AS v (code, page, budget, external_id)
JOIN mkt_campaigns AS c ON c.tenant_id = t.id AND c.code = v.code AND c.deleted_at IS NULL
JOIN channels_platform_pages AS page
  ON page.tenant_id = t.id AND page.external_id = v.page AND page.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (campaign_id, platform_page_id) DO NOTHING;

INSERT INTO mkt_promotions (
  tenant_id, campaign_id, code, name, kind, discount_value, max_discount_amount, min_order_amount,
  usage_limit, usage_limit_per_customer, starts_at, ends_at, rules, created_by
)
SELECT t.id, c.id, v.code, v.name, v.kind, v.discount, v.max_discount, v.min_order, v.usage_limit,
  v.per_customer, v.starts_at, v.ends_at, v.rules::jsonb, u.id
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('SONGKRAN-25', 'SPLASH10', 'Ten percent off rings', 'percentage', 10.00, 500.00, 0.00, 200, 1,
    timestamptz '2025-04-01 00:00+00', timestamptz '2025-04-16 00:00+00',
    '{"stackable": false}'),
  (NULL, 'FREESHIP', 'Free delivery', 'free_shipping', 0.00, NULL, 1500.00, NULL, NULL, NULL, NULL,
    '{}')
) AS v (campaign, code, name, kind, discount, max_discount, min_order, usage_limit, per_customer,
  starts_at, ends_at, rules)
LEFT JOIN mkt_campaigns AS c
  ON c.tenant_id = t.id AND c.code = v.campaign AND c.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, upper(code)) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO mkt_promotion_products (promotion_id, product_id, tenant_id, role)
SELECT m.id, p.id, t.id, 'discounted'
FROM sys_tenants AS t
JOIN mkt_promotions AS m ON m.tenant_id = t.id AND m.code = 'SPLASH10' AND m.deleted_at IS NULL
JOIN product AS p ON p.tenant_id = t.id AND p.sku = 'RING-01' AND p.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (promotion_id, product_id) DO NOTHING;

INSERT INTO mkt_assets (
  tenant_id, campaign_id, kind, title, storage_path, content_type, size_bytes, status, approved_by,
  approved_at, metadata, created_by
)
SELECT t.id, c.id, v.kind, v.title, v.storage_path, v.content_type, v.size_bytes, 'approved',
  boss.id, v.approved_at, v.metadata::jsonb, maker.id
FROM sys_tenants AS t
JOIN sys_users AS boss ON boss.tenant_id = t.id AND boss.email = 'ploy@lotus.example'
JOIN sys_users AS maker ON maker.tenant_id = t.id AND maker.email = 'mali@lotus.example'
CROSS JOIN (VALUES
  (NULL, 'image', 'Logo', 'brand/logo.svg', 'image/svg+xml', 4210,
    timestamptz '2025-01-07 03:00+00', '{"width": 512, "height": 512}'),
  ('NEWYEAR-25', 'video', 'Pens being engraved', 'campaigns/ny25/pens.mp4', 'video/mp4', 18422190,
    '2025-01-09 08:00+00', '{"seconds": 22}')
) AS v (campaign, kind, title, storage_path, content_type, size_bytes, approved_at, metadata)
LEFT JOIN mkt_campaigns AS c
  ON c.tenant_id = t.id AND c.code = v.campaign AND c.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, storage_path) DO NOTHING;

INSERT INTO mkt_brand_settings (
  tenant_id, code, name, logo_asset_id, primary_color, secondary_color, font_family, tone_of_voice,
  is_default, settings, updated_by
)
SELECT t.id, 'lotus', 'Lotus Gifts', a.id, '#b5467e', '#f4e9ef', 'Sarabun', 'Warm, brief, polite.',
  true, '{"signature": "Lotus Gifts, Bangkok"}', u.id
FROM sys_tenants AS t
JOIN mkt_assets AS a ON a.tenant_id = t.id AND a.storage_path = 'brand/logo.svg'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'ploy@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) DO NOTHING;

INSERT INTO mkt_utm_links (
  tenant_id, campaign_id, platform_page_id, asset_id, short_code, destination_url, utm_source,
  utm_medium, utm_campaign, utm_content, click_count, last_clicked_at, created_by
)
SELECT t.id, c.id, page.id, a.id, 'ny25pens', 'https://lotus.example/pens', 'facebook', 'paid_social',
  'newyear-25', 'engraving-video', 914, '2025-02-14 17:02+00', u.id
FROM sys_tenants AS t
JOIN mkt_campaigns AS c ON c.tenant_id = t.id AND c.code = 'NEWYEAR-25' AND c.deleted_at IS NULL
JOIN channels_platform_pages AS page
  ON page.tenant_id = t.id AND page.external_id = '100200300400' AND page.deleted_at IS NULL
JOIN mkt_assets AS a ON a.tenant_id = t.id AND a.storage_path = 'campaigns/ny25/pens.mp4'
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, short_code) DO NOTHING;
