-- Two orders with lines, and everything that can hang on them.

INSERT INTO orders (
  tenant_id, order_number, customer_id, shipping_address_id, billing_address_id, platform_page_id,
  sales_user_id, status, payment_status, currency, subtotal_amount, discount_amount,
  shipping_amount, tax_amount, ordered_at, shipped_at, completed_at, note, created_by
)
SELECT t.id, v.order_number, c.id, ship.id, bill.id, page.id, seller.id, v.status,
  v.payment_status, 'THB', v.subtotal, v.discount, v.shipping, v.tax, v.ordered_at, v.shipped_at,
  v.completed_at, v.note, seller.id
FROM sys_tenants AS t
JOIN sys_users AS seller ON seller.tenant_id = t.id AND seller.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('LG-0001', 'C-0001', '100200300400', 'completed', 'paid', 19500.00, 2000.00, 120.00, 1233.40,
    timestamptz '2025-02-12 08:00+00', timestamptz '2025-02-20 03:00+00',
    timestamptz '2025-02-24 04:00+00', NULL),
  ('LG-0002', 'C-0002', 'lotus.example', 'processing', 'partial', 2650.00, 0.00, 0.00, 185.50,
    '2025-03-02 07:15+00', NULL, NULL, 'Ring is made to order.')
) AS v (order_number, customer_code, page, status, payment_status, subtotal, discount, shipping,
  tax, ordered_at, shipped_at, completed_at, note)
JOIN crm_customers AS c ON c.tenant_id = t.id AND c.customer_code = v.customer_code
JOIN channels_platform_pages AS page
  ON page.tenant_id = t.id AND page.external_id = v.page AND page.deleted_at IS NULL
LEFT JOIN crm_personal_addresses AS ship
  ON ship.personal_key_id = c.personal_key_id AND ship.kind = 'shipping' AND ship.is_default
  AND ship.deleted_at IS NULL
LEFT JOIN crm_personal_addresses AS bill
  ON bill.personal_key_id = c.personal_key_id AND bill.kind = 'billing' AND bill.is_default
  AND bill.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, order_number) DO NOTHING;

INSERT INTO order_items (
  tenant_id, order_id, line_no, product_id, sku, product_name, quantity, unit_price,
  discount_amount, note
)
SELECT t.id, o.id, v.line_no, p.id, p.sku, coalesce(p.name, v.free_text), v.quantity, v.unit_price,
  v.discount, v.note
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('LG-0001', 1, 'PEN-01', NULL, 50, 390.00, 2000.00, 'Engraving: company name'),
  ('LG-0002', 1, 'RING-01', NULL, 1, 2590.00, 0.00, NULL),
  ('LG-0002', 2, NULL, 'Hand-written card', 1, 60.00, 0.00, NULL)
) AS v (order_number, line_no, sku, free_text, quantity, unit_price, discount, note)
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = v.order_number
LEFT JOIN product AS p ON p.tenant_id = t.id AND p.sku = v.sku AND p.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (order_id, line_no) DO NOTHING;

INSERT INTO order_items_after_sales (
  tenant_id, case_number, order_item_id, kind, status, reason, quantity, refund_amount,
  assigned_to, resolution, opened_at, closed_at, created_by
)
SELECT t.id, 'AS-0001', i.id, 'exchange', 'closed', 'Two pens with a misspelt name.', 2, 0, maker.id,
  'Engraved again and sent by courier.', '2025-02-25 02:00+00', '2025-02-28 09:00+00', seller.id
FROM sys_tenants AS t
JOIN sys_users AS seller ON seller.tenant_id = t.id AND seller.email = 'anan@lotus.example'
JOIN sys_users AS maker ON maker.tenant_id = t.id AND maker.email = 'mali@lotus.example'
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = 'LG-0001'
JOIN order_items AS i ON i.order_id = o.id AND i.line_no = 1
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, case_number) DO NOTHING;

INSERT INTO order_item_pre_orders (
  tenant_id, order_item_id, status, deposit_amount, expected_on, supplier_reference
)
SELECT t.id, i.id, 'waiting', 1000.00, '2025-03-20', 'SM-2025-118'
FROM sys_tenants AS t
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = 'LG-0002'
JOIN order_items AS i ON i.order_id = o.id AND i.line_no = 1
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (order_item_id) DO NOTHING;

INSERT INTO order_item_customization (
  tenant_id, order_item_id, status, instructions, specification, extra_amount, designer_id,
  approved_by, approved_at, due_on
)
SELECT t.id, i.id, 'in_production', 'Engrave inside the band.',
  '{"text": "L + M 2025", "font": "script"}', 0, maker.id, seller.id, '2025-03-04 05:00+00',
  '2025-03-18'
FROM sys_tenants AS t
JOIN sys_users AS seller ON seller.tenant_id = t.id AND seller.email = 'anan@lotus.example'
JOIN sys_users AS maker ON maker.tenant_id = t.id AND maker.email = 'mali@lotus.example'
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = 'LG-0002'
JOIN order_items AS i ON i.order_id = o.id AND i.line_no = 1
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM order_item_customization AS c WHERE c.order_item_id = i.id);

INSERT INTO orders_meta (
  order_id, tenant_id, external_order_id, source, is_gift, gift_message, metadata
)
SELECT o.id, t.id, 'WEB-20250302-7', 'web shop', true, 'For our anniversary', '{"browser": "Firefox"}'
FROM sys_tenants AS t
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = 'LG-0002'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (order_id) DO NOTHING;

INSERT INTO order_meta_crm (
  order_id, tenant_id, is_first_order, attribution, attributed_user_id, follow_up_on,
  satisfaction_score, crm_data
)
SELECT o.id, t.id, true, v.attribution, u.id, v.follow_up_on, v.score, v.crm_data::jsonb
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'anan@lotus.example'
CROSS JOIN (VALUES
  ('LG-0001', 'paid', date '2025-11-01', 5, '{"next": "new year gifts"}'),
  ('LG-0002', 'reengagement', NULL, NULL, '{}')
) AS v (order_number, attribution, follow_up_on, score, crm_data)
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = v.order_number
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (order_id) DO NOTHING;

INSERT INTO order_images (
  tenant_id, order_id, order_item_id, kind, storage_path, file_name, content_type, size_bytes,
  uploaded_by
)
SELECT t.id, o.id, i.id, v.kind, v.storage_path, v.file_name, 'image/jpeg', v.size_bytes, u.id
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'mali@lotus.example'
CROSS JOIN (VALUES
  ('LG-0001', 1, 'product', 'orders/LG-0001/pens.jpg', 'pens.jpg', 482133),
  ('LG-0001', NULL, 'slip', 'orders/LG-0001/slip.jpg', 'slip.jpg', 91877)
) AS v (order_number, line_no, kind, storage_path, file_name, size_bytes)
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = v.order_number
LEFT JOIN order_items AS i ON i.order_id = o.id AND i.line_no = v.line_no
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, storage_path) DO NOTHING;

INSERT INTO order_payments (
  tenant_id, payment_number, order_id, method, status, amount, currency, reference, paid_at,
  confirmed_by, confirmed_at, provider_data
)
SELECT t.id, v.payment_number, o.id, v.method, 'confirmed', v.amount, 'THB', v.reference, v.paid_at,
  u.id, v.confirmed_at, v.provider_data::jsonb
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'ploy@lotus.example'
CROSS JOIN (VALUES
  ('PAY-0001', 'LG-0001', 'bank_transfer', 18853.40, 'KB-99120', timestamptz '2025-02-14 06:30+00',
    timestamptz '2025-02-14 07:00+00', '{}'),
  ('PAY-0002', 'LG-0002', 'card', 1000.00, NULL, '2025-03-02 07:16+00', '2025-03-02 07:16+00',
    '{"brand": "visa", "last4": "4242"}')
) AS v (payment_number, order_number, method, amount, reference, paid_at, confirmed_at,
  provider_data)
JOIN orders AS o ON o.tenant_id = t.id AND o.order_number = v.order_number
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, payment_number) DO NOTHING;
