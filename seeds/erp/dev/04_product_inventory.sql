-- A small catalog with variants, attributes and tags; materials, bills of materials and stock.

INSERT INTO product_categories (tenant_id, code, name, position)
SELECT t.id, v.code, v.name, v.position
FROM sys_tenants AS t
CROSS JOIN (VALUES ('gifts', 'Gifts', 1), ('jewellery', 'Jewellery', 2)) AS v (code, name, position)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO product_categories (tenant_id, parent_id, code, name, position)
SELECT t.id, parent.id, 'writing', 'Writing', 1
FROM sys_tenants AS t
JOIN product_categories AS parent
  ON parent.tenant_id = t.id AND parent.code = 'gifts' AND parent.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO product (
  tenant_id, category_id, sku, name, description, status, list_price, cost_price, currency,
  weight_grams, is_customizable, metadata, created_by
)
SELECT t.id, c.id, v.sku, v.name, v.description, 'active', v.list_price, v.cost_price, 'THB',
  v.weight_grams, v.is_customizable, v.metadata::jsonb, u.id
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'ploy@lotus.example'
CROSS JOIN (VALUES
  ('PEN-01', 'writing', 'Brass pen', 'Turned brass, refillable.', 390.00, 140.00, 38, true,
    '{"engravingArea": "40x4 mm"}'),
  ('RING-01', 'jewellery', 'Silver ring', 'Sterling silver band.', 2590.00, 980.00, 6, true, '{}'),
  ('BOX-01', 'gifts', 'Gift box', 'Rigid box with ribbon.', 60.00, 22.00, 90, false, '{}')
) AS v (sku, category, name, description, list_price, cost_price, weight_grams, is_customizable,
  metadata)
JOIN product_categories AS c
  ON c.tenant_id = t.id AND c.code = v.category AND c.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, sku) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO product_variants (tenant_id, product_id, sku, barcode, name, list_price, options)
SELECT t.id, p.id, v.sku, v.barcode, v.name, v.list_price, v.options::jsonb
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('RING-01', 'RING-01-54', '8850000000017', 'Silver ring, size 54', NULL, '{"size": 54}'),
  ('RING-01', 'RING-01-60', '8850000000024', 'Silver ring, size 60', 2790.00, '{"size": 60}')
) AS v (product_sku, sku, barcode, name, list_price, options)
JOIN product AS p ON p.tenant_id = t.id AND p.sku = v.product_sku AND p.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, sku) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO product_attributes (tenant_id, code, name, value_type, unit, is_filterable)
SELECT t.id, v.code, v.name, v.value_type, v.unit, true
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('metal', 'Metal', 'text', NULL),
  ('inner_diameter', 'Inner diameter', 'number', 'mm')
) AS v (code, name, value_type, unit)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) DO NOTHING;

INSERT INTO product_attribute_values (tenant_id, product_id, attribute_id, value)
SELECT t.id, p.id, a.id, v.value
FROM sys_tenants AS t
CROSS JOIN (VALUES ('PEN-01', 'brass'), ('RING-01', 'silver 925')) AS v (sku, value)
JOIN product AS p ON p.tenant_id = t.id AND p.sku = v.sku AND p.deleted_at IS NULL
JOIN product_attributes AS a ON a.tenant_id = t.id AND a.code = 'metal'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (product_id, attribute_id) WHERE variant_id IS NULL DO NOTHING;

INSERT INTO product_attribute_values (tenant_id, product_id, variant_id, attribute_id, value)
SELECT t.id, pv.product_id, pv.id, a.id, v.value
FROM sys_tenants AS t
CROSS JOIN (VALUES ('RING-01-54', '17.2'), ('RING-01-60', '19.1')) AS v (sku, value)
JOIN product_variants AS pv ON pv.tenant_id = t.id AND pv.sku = v.sku AND pv.deleted_at IS NULL
JOIN product_attributes AS a ON a.tenant_id = t.id AND a.code = 'inner_diameter'
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (variant_id, attribute_id) WHERE variant_id IS NOT NULL DO NOTHING;

INSERT INTO product_tags (tenant_id, name, color)
SELECT t.id, v.name, v.color
FROM sys_tenants AS t
CROSS JOIN (VALUES ('bestseller', '#d4a017'), ('engravable', '#4a6fa5')) AS v (name, color)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, name) DO NOTHING;

INSERT INTO product_tag_links (product_id, tag_id, tenant_id)
SELECT p.id, g.id, t.id
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('PEN-01', 'bestseller'),
  ('PEN-01', 'engravable'),
  ('RING-01', 'engravable')
) AS v (sku, tag)
JOIN product AS p ON p.tenant_id = t.id AND p.sku = v.sku AND p.deleted_at IS NULL
JOIN product_tags AS g ON g.tenant_id = t.id AND g.name = v.tag
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (product_id, tag_id) DO NOTHING;

INSERT INTO materials (tenant_id, code, name, unit, standard_cost, reorder_level, supplier, specification)
SELECT t.id, v.code, v.name, v.unit, v.standard_cost, v.reorder_level, v.supplier,
  v.specification::jsonb
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('BRASS-ROD', 'Brass rod 10 mm', 'm', 310.0000, 20, 'Siam Metals', '{"alloy": "CuZn39Pb3"}'),
  ('REFILL', 'Pen refill, black', 'piece', 12.5000, 100, 'Ink & Co', '{}'),
  ('SILVER-925', 'Sterling silver', 'g', 34.2000, 250, 'Siam Metals', '{"fineness": 925}')
) AS v (code, name, unit, standard_cost, reorder_level, supplier, specification)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO product_boms (
  tenant_id, product_id, variant_id, version, status, effective_from, notes, created_by
)
SELECT t.id, p.id, pv.id, v.version, 'active', v.effective_from, v.notes, u.id
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'mali@lotus.example'
CROSS JOIN (VALUES
  ('PEN-01', NULL, 1, date '2025-01-01', NULL),
  ('RING-01', 'RING-01-54', 1, '2025-01-01', 'Weights hold for size 54.')
) AS v (sku, variant_sku, version, effective_from, notes)
JOIN product AS p ON p.tenant_id = t.id AND p.sku = v.sku AND p.deleted_at IS NULL
LEFT JOIN product_variants AS pv
  ON pv.tenant_id = t.id AND pv.sku = v.variant_sku AND pv.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (product_id, version) DO NOTHING;

INSERT INTO product_bom_items (tenant_id, bom_id, material_id, quantity, waste_percent)
SELECT t.id, b.id, m.id, v.quantity, v.waste_percent
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('PEN-01', 'BRASS-ROD', 0.1400, 12.00),
  ('PEN-01', 'REFILL', 1, 0),
  ('RING-01', 'SILVER-925', 5.2000, 8.00)
) AS v (sku, material_code, quantity, waste_percent)
JOIN product AS p ON p.tenant_id = t.id AND p.sku = v.sku AND p.deleted_at IS NULL
JOIN product_boms AS b ON b.product_id = p.id AND b.version = 1
JOIN materials AS m ON m.tenant_id = t.id AND m.code = v.material_code AND m.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (bom_id, material_id) DO NOTHING;

INSERT INTO inventory_locations (tenant_id, code, name, kind, address)
SELECT t.id, v.code, v.name, v.kind, v.address
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('WS', 'Workshop', 'warehouse', '41 Rama IV Road, Bangkok'),
  ('SHOP', 'Shop', 'store', '12 Thonglor, Bangkok')
) AS v (code, name, kind, address)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO inventory_stock (tenant_id, location_id, product_id, on_hand, reserved, reorder_level)
SELECT t.id, l.id, p.id, 150, 50, 40
FROM sys_tenants AS t
JOIN inventory_locations AS l ON l.tenant_id = t.id AND l.code = 'WS' AND l.deleted_at IS NULL
JOIN product AS p ON p.tenant_id = t.id AND p.sku = 'PEN-01' AND p.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (location_id, product_id) WHERE product_id IS NOT NULL DO NOTHING;

INSERT INTO inventory_stock (tenant_id, location_id, variant_id, on_hand, reorder_level)
SELECT t.id, l.id, pv.id, 4, 2
FROM sys_tenants AS t
JOIN inventory_locations AS l ON l.tenant_id = t.id AND l.code = 'SHOP' AND l.deleted_at IS NULL
JOIN product_variants AS pv
  ON pv.tenant_id = t.id AND pv.sku = 'RING-01-54' AND pv.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (location_id, variant_id) WHERE variant_id IS NOT NULL DO NOTHING;

INSERT INTO inventory_stock (tenant_id, location_id, material_id, on_hand, reorder_level)
SELECT t.id, l.id, m.id, 36.5, m.reorder_level
FROM sys_tenants AS t
JOIN inventory_locations AS l ON l.tenant_id = t.id AND l.code = 'WS' AND l.deleted_at IS NULL
JOIN materials AS m ON m.tenant_id = t.id AND m.code = 'BRASS-ROD' AND m.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (location_id, material_id) WHERE material_id IS NOT NULL DO NOTHING;

INSERT INTO inventory_movements (
  tenant_id, stock_id, kind, quantity, unit_cost, reference, reason, moved_by, moved_at
)
SELECT t.id, s.id, v.kind, v.quantity, v.unit_cost, v.reference, v.reason, u.id, v.moved_at
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'krit@lotus.example'
CROSS JOIN (VALUES
  ('production', 200, 140.0000, 'WO-0001', NULL, timestamptz '2025-01-28 09:00+00'),
  ('issue', -50, NULL, 'LG-0001', 'Shipped to the customer', '2025-02-20 03:00+00')
) AS v (kind, quantity, unit_cost, reference, reason, moved_at)
JOIN product AS p ON p.tenant_id = t.id AND p.sku = 'PEN-01' AND p.deleted_at IS NULL
JOIN inventory_locations AS l ON l.tenant_id = t.id AND l.code = 'WS' AND l.deleted_at IS NULL
JOIN inventory_stock AS s ON s.location_id = l.id AND s.product_id = p.id
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT
    FROM inventory_movements AS m
    WHERE m.stock_id = s.id AND m.reference = v.reference AND m.kind = v.kind
  );

INSERT INTO inventory_movements (
  tenant_id, stock_id, kind, quantity, unit_cost, reference, reason, moved_by, moved_at
)
SELECT t.id, s.id, 'receipt', s.on_hand, v.unit_cost, v.reference, NULL, u.id, v.moved_at
FROM sys_tenants AS t
JOIN sys_users AS u ON u.tenant_id = t.id AND u.email = 'krit@lotus.example'
CROSS JOIN (VALUES
  ('SHOP', 980.0000, 'WO-0002', timestamptz '2025-02-08 04:00+00'),
  ('WS', 310.0000, 'PO-0001', '2025-01-20 02:00+00')
) AS v (location, unit_cost, reference, moved_at)
JOIN inventory_locations AS l
  ON l.tenant_id = t.id AND l.code = v.location AND l.deleted_at IS NULL
JOIN inventory_stock AS s ON s.location_id = l.id AND s.product_id IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT FROM inventory_movements AS m WHERE m.stock_id = s.id AND m.reference = v.reference
  );
