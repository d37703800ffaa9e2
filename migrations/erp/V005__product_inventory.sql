-- Products and stock: catalog, attributes, tags, materials, bills of materials, inventory.

CREATE TABLE product_categories (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  parent_id bigint,
  code text NOT NULL,
  name text NOT NULL,
  description text,
  position integer NOT NULL DEFAULT 0,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT product_categories_pkey PRIMARY KEY (id),
  CONSTRAINT product_categories_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT product_categories_parent_id_fkey FOREIGN KEY (parent_id)
    REFERENCES product_categories (id),
  CONSTRAINT product_categories_parent_not_self_check CHECK (parent_id <> id)
);

COMMENT ON TABLE product_categories IS 'Tree of categories of the catalog.';
COMMENT ON COLUMN product_categories.position IS 'Order among siblings.';

CREATE INDEX idx_product_categories_tenant_id ON product_categories (tenant_id);
CREATE INDEX idx_product_categories_parent_id ON product_categories (parent_id);
CREATE UNIQUE INDEX uidx_product_categories_tenant_id_code_live
  ON product_categories (tenant_id, code)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_product_categories_parent_id_position_live
  ON product_categories (parent_id, position)
  WHERE deleted_at IS NULL;

CREATE TRIGGER trg_product_categories_updated_at
  BEFORE UPDATE ON product_categories
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE product (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  category_id bigint,
  sku text NOT NULL,
  name text NOT NULL,
  description text,
  kind text NOT NULL DEFAULT 'physical',
  status text NOT NULL DEFAULT 'draft',
  unit text NOT NULL DEFAULT 'piece',
  list_price numeric(14,2) NOT NULL DEFAULT 0,
  cost_price numeric(14,2),
  currency text NOT NULL DEFAULT 'USD',
  weight_grams integer,
  is_customizable boolean NOT NULL DEFAULT false,
  metadata jsonb NOT NULL DEFAULT '{}',
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT product_pkey PRIMARY KEY (id),
  CONSTRAINT product_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT product_category_id_fkey FOREIGN KEY (category_id)
    REFERENCES product_categories (id) ON DELETE SET NULL,
  CONSTRAINT product_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT product_kind_check CHECK (kind IN ('physical', 'digital', 'service', 'bundle')),
  CONSTRAINT product_status_check CHECK (status IN ('draft', 'active', 'discontinued')),
  CONSTRAINT product_list_price_check CHECK (list_price >= 0),
  CONSTRAINT product_cost_price_check CHECK (cost_price >= 0),
  CONSTRAINT product_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT product_weight_grams_check CHECK (weight_grams > 0)
);

COMMENT ON TABLE product IS 'Something that is sold.';

CREATE INDEX idx_product_tenant_id ON product (tenant_id);
CREATE INDEX idx_product_category_id ON product (category_id);
CREATE INDEX idx_product_created_by ON product (created_by);
CREATE UNIQUE INDEX uidx_product_tenant_id_sku_live ON product (tenant_id, sku)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_product_tenant_id_status_name_live ON product (tenant_id, status, name)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_product_metadata ON product USING gin (metadata jsonb_path_ops);

CREATE TRIGGER trg_product_updated_at
  BEFORE UPDATE ON product
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE product_variants (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  product_id bigint NOT NULL,
  sku text NOT NULL,
  barcode text,
  name text NOT NULL,
  list_price numeric(14,2),
  options jsonb NOT NULL DEFAULT '{}',
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT product_variants_pkey PRIMARY KEY (id),
  CONSTRAINT product_variants_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT product_variants_product_id_fkey FOREIGN KEY (product_id)
    REFERENCES product (id) ON DELETE CASCADE,
  CONSTRAINT product_variants_list_price_check CHECK (list_price >= 0)
);

COMMENT ON TABLE product_variants IS
  'A form of a product that is stocked and sold under its own code.';
COMMENT ON COLUMN product_variants.list_price IS 'NULL: the price of the product.';
COMMENT ON COLUMN product_variants.options IS 'What sets it apart, such as colour and size.';

CREATE INDEX idx_product_variants_tenant_id ON product_variants (tenant_id);
CREATE INDEX idx_product_variants_product_id ON product_variants (product_id);
CREATE UNIQUE INDEX uidx_product_variants_tenant_id_sku_live ON product_variants (tenant_id, sku)
  WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uidx_product_variants_tenant_id_barcode ON product_variants (tenant_id, barcode)
  WHERE barcode IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX idx_product_variants_options ON product_variants USING gin (options jsonb_path_ops);

CREATE TRIGGER trg_product_variants_updated_at
  BEFORE UPDATE ON product_variants
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE product_attributes (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  value_type text NOT NULL DEFAULT 'text',
  unit text,
  is_filterable boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT product_attributes_pkey PRIMARY KEY (id),
  CONSTRAINT product_attributes_tenant_id_code_key UNIQUE (tenant_id, code),
  CONSTRAINT product_attributes_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT product_attributes_value_type_check CHECK (
    value_type IN ('text', 'number', 'boolean', 'date')
  )
);

COMMENT ON TABLE product_attributes IS
  'Definition of an attribute that products of a tenant can have.';

CREATE TRIGGER trg_product_attributes_updated_at
  BEFORE UPDATE ON product_attributes
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE product_attribute_values (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  product_id bigint NOT NULL,
  variant_id bigint,
  attribute_id bigint NOT NULL,
  value text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT product_attribute_values_pkey PRIMARY KEY (id),
  CONSTRAINT product_attribute_values_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT product_attribute_values_product_id_fkey FOREIGN KEY (product_id)
    REFERENCES product (id) ON DELETE CASCADE,
  CONSTRAINT product_attribute_values_variant_id_fkey FOREIGN KEY (variant_id)
    REFERENCES product_variants (id) ON DELETE CASCADE,
  CONSTRAINT product_attribute_values_attribute_id_fkey FOREIGN KEY (attribute_id)
    REFERENCES product_attributes (id) ON DELETE CASCADE
);

COMMENT ON TABLE product_attribute_values IS
  'Value of an attribute for a product, or for one variant of it.';
COMMENT ON COLUMN product_attribute_values.variant_id IS
  'NULL: the value holds for the whole product.';

CREATE INDEX idx_product_attribute_values_tenant_id ON product_attribute_values (tenant_id);
CREATE INDEX idx_product_attribute_values_product_id ON product_attribute_values (product_id);
CREATE INDEX idx_product_attribute_values_variant_id ON product_attribute_values (variant_id);
CREATE UNIQUE INDEX uidx_product_attribute_values_product_id_attribute_id
  ON product_attribute_values (product_id, attribute_id)
  WHERE variant_id IS NULL;
CREATE UNIQUE INDEX uidx_product_attribute_values_variant_id_attribute_id
  ON product_attribute_values (variant_id, attribute_id)
  WHERE variant_id IS NOT NULL;
-- Filters of the catalog look values up.
CREATE INDEX idx_product_attribute_values_attribute_id_value
  ON product_attribute_values (attribute_id, value);

CREATE TRIGGER trg_product_attribute_values_updated_at
  BEFORE UPDATE ON product_attribute_values
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE product_tags (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  name text NOT NULL,
  color text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT product_tags_pkey PRIMARY KEY (id),
  CONSTRAINT product_tags_tenant_id_name_key UNIQUE (tenant_id, name),
  CONSTRAINT product_tags_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT product_tags_color_check CHECK (color ~ '^#[0-9a-f]{6}$')
);

COMMENT ON TABLE product_tags IS 'Free labels of a tenant for products.';

CREATE TABLE product_tag_links (
  product_id bigint NOT NULL,
  tag_id bigint NOT NULL,
  tenant_id bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT product_tag_links_pkey PRIMARY KEY (product_id, tag_id),
  CONSTRAINT product_tag_links_product_id_fkey FOREIGN KEY (product_id)
    REFERENCES product (id) ON DELETE CASCADE,
  CONSTRAINT product_tag_links_tag_id_fkey FOREIGN KEY (tag_id)
    REFERENCES product_tags (id) ON DELETE CASCADE,
  CONSTRAINT product_tag_links_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE
);

COMMENT ON TABLE product_tag_links IS 'Which products carry which tags.';

CREATE INDEX idx_product_tag_links_tag_id ON product_tag_links (tag_id);
CREATE INDEX idx_product_tag_links_tenant_id ON product_tag_links (tenant_id);

CREATE TABLE materials (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  unit text NOT NULL,
  standard_cost numeric(14,4) NOT NULL DEFAULT 0,
  reorder_level numeric(14,3) NOT NULL DEFAULT 0,
  supplier text,
  specification jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT materials_pkey PRIMARY KEY (id),
  CONSTRAINT materials_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT materials_standard_cost_check CHECK (standard_cost >= 0),
  CONSTRAINT materials_reorder_level_check CHECK (reorder_level >= 0)
);

COMMENT ON TABLE materials IS 'Raw material or part that products are made of.';
COMMENT ON COLUMN materials.unit IS 'Unit of quantities and cost, such as kg, m or piece.';

CREATE INDEX idx_materials_tenant_id ON materials (tenant_id);
CREATE UNIQUE INDEX uidx_materials_tenant_id_code_live ON materials (tenant_id, code)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_materials_specification ON materials USING gin (specification jsonb_path_ops);

CREATE TRIGGER trg_materials_updated_at
  BEFORE UPDATE ON materials
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE product_boms (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  product_id bigint NOT NULL,
  variant_id bigint,
  version integer NOT NULL DEFAULT 1,
  status text NOT NULL DEFAULT 'draft',
  output_quantity numeric(14,3) NOT NULL DEFAULT 1,
  effective_from date,
  notes text,
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT product_boms_pkey PRIMARY KEY (id),
  CONSTRAINT product_boms_product_id_version_key UNIQUE (product_id, version),
  CONSTRAINT product_boms_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT product_boms_product_id_fkey FOREIGN KEY (product_id)
    REFERENCES product (id) ON DELETE CASCADE,
  CONSTRAINT product_boms_variant_id_fkey FOREIGN KEY (variant_id)
    REFERENCES product_variants (id) ON DELETE SET NULL,
  CONSTRAINT product_boms_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT product_boms_version_check CHECK (version > 0),
  CONSTRAINT product_boms_status_check CHECK (status IN ('draft', 'active', 'retired')),
  CONSTRAINT product_boms_output_quantity_check CHECK (output_quantity > 0)
);

COMMENT ON TABLE product_boms IS
  'Bill of materials: what it takes to make a product; at most one version is active.';
COMMENT ON COLUMN product_boms.variant_id IS 'NULL: for every variant of the product.';
COMMENT ON COLUMN product_boms.output_quantity IS 'How many the listed quantities make.';

CREATE INDEX idx_product_boms_tenant_id ON product_boms (tenant_id);
CREATE INDEX idx_product_boms_variant_id ON product_boms (variant_id);
CREATE INDEX idx_product_boms_created_by ON product_boms (created_by);
CREATE UNIQUE INDEX uidx_product_boms_active ON product_boms (product_id)
  WHERE status = 'active' AND variant_id IS NULL;
CREATE UNIQUE INDEX uidx_product_boms_active_variant ON product_boms (variant_id)
  WHERE status = 'active';

CREATE TRIGGER trg_product_boms_updated_at
  BEFORE UPDATE ON product_boms
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE product_bom_items (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  bom_id bigint NOT NULL,
  material_id bigint NOT NULL,
  quantity numeric(14,4) NOT NULL,
  waste_percent numeric(5,2) NOT NULL DEFAULT 0,
  note text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT product_bom_items_pkey PRIMARY KEY (id),
  CONSTRAINT product_bom_items_bom_id_material_id_key UNIQUE (bom_id, material_id),
  CONSTRAINT product_bom_items_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT product_bom_items_bom_id_fkey FOREIGN KEY (bom_id)
    REFERENCES product_boms (id) ON DELETE CASCADE,
  CONSTRAINT product_bom_items_material_id_fkey FOREIGN KEY (material_id) REFERENCES materials (id),
  CONSTRAINT product_bom_items_quantity_check CHECK (quantity > 0),
  CONSTRAINT product_bom_items_waste_percent_check CHECK (waste_percent BETWEEN 0 AND 100)
);

COMMENT ON TABLE product_bom_items IS 'Material and quantity within a bill of materials.';

CREATE INDEX idx_product_bom_items_tenant_id ON product_bom_items (tenant_id);
CREATE INDEX idx_product_bom_items_material_id ON product_bom_items (material_id);

CREATE TRIGGER trg_product_bom_items_updated_at
  BEFORE UPDATE ON product_bom_items
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE inventory_locations (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL DEFAULT 'warehouse',
  address text,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT inventory_locations_pkey PRIMARY KEY (id),
  CONSTRAINT inventory_locations_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT inventory_locations_kind_check CHECK (
    kind IN ('warehouse', 'store', 'transit', 'supplier')
  )
);

COMMENT ON TABLE inventory_locations IS 'Place where stock is kept.';

CREATE INDEX idx_inventory_locations_tenant_id ON inventory_locations (tenant_id);
CREATE UNIQUE INDEX uidx_inventory_locations_tenant_id_code_live
  ON inventory_locations (tenant_id, code)
  WHERE deleted_at IS NULL;

CREATE TRIGGER trg_inventory_locations_updated_at
  BEFORE UPDATE ON inventory_locations
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE inventory_stock (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  location_id bigint NOT NULL,
  product_id bigint,
  variant_id bigint,
  material_id bigint,
  on_hand numeric(14,3) NOT NULL DEFAULT 0,
  reserved numeric(14,3) NOT NULL DEFAULT 0,
  available numeric(14,3) GENERATED ALWAYS AS (on_hand - reserved) STORED,
  reorder_level numeric(14,3) NOT NULL DEFAULT 0,
  counted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inventory_stock_pkey PRIMARY KEY (id),
  CONSTRAINT inventory_stock_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT inventory_stock_location_id_fkey FOREIGN KEY (location_id)
    REFERENCES inventory_locations (id),
  CONSTRAINT inventory_stock_product_id_fkey FOREIGN KEY (product_id) REFERENCES product (id),
  CONSTRAINT inventory_stock_variant_id_fkey FOREIGN KEY (variant_id)
    REFERENCES product_variants (id),
  CONSTRAINT inventory_stock_material_id_fkey FOREIGN KEY (material_id) REFERENCES materials (id),
  CONSTRAINT inventory_stock_reserved_check CHECK (reserved >= 0),
  CONSTRAINT inventory_stock_reorder_level_check CHECK (reorder_level >= 0),
  CONSTRAINT inventory_stock_one_item_check CHECK (
    num_nonnulls(product_id, variant_id, material_id) = 1
  )
);

COMMENT ON TABLE inventory_stock IS
  'What lies at a location: exactly one of a product, a variant or a material.';
COMMENT ON COLUMN inventory_stock.on_hand IS
  'May fall below zero when goods are issued before their receipt is posted.';

CREATE INDEX idx_inventory_stock_tenant_id ON inventory_stock (tenant_id);
CREATE INDEX idx_inventory_stock_location_id ON inventory_stock (location_id);
CREATE INDEX idx_inventory_stock_product_id ON inventory_stock (product_id);
CREATE INDEX idx_inventory_stock_variant_id ON inventory_stock (variant_id);
CREATE INDEX idx_inventory_stock_material_id ON inventory_stock (material_id);
CREATE UNIQUE INDEX uidx_inventory_stock_location_id_product_id
  ON inventory_stock (location_id, product_id)
  WHERE product_id IS NOT NULL;
CREATE UNIQUE INDEX uidx_inventory_stock_location_id_variant_id
  ON inventory_stock (location_id, variant_id)
  WHERE variant_id IS NOT NULL;
CREATE UNIQUE INDEX uidx_inventory_stock_location_id_material_id
  ON inventory_stock (location_id, material_id)
  WHERE material_id IS NOT NULL;

CREATE TRIGGER trg_inventory_stock_updated_at
  BEFORE UPDATE ON inventory_stock
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE inventory_movements (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  stock_id bigint NOT NULL,
  kind text NOT NULL,
  quantity numeric(14,3) NOT NULL,
  unit_cost numeric(14,4),
  reference text,
  reason text,
  moved_by bigint,
  moved_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inventory_movements_pkey PRIMARY KEY (id),
  CONSTRAINT inventory_movements_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT inventory_movements_stock_id_fkey FOREIGN KEY (stock_id)
    REFERENCES inventory_stock (id),
  CONSTRAINT inventory_movements_moved_by_fkey FOREIGN KEY (moved_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT inventory_movements_kind_check CHECK (
    kind IN (
      'receipt', 'issue', 'transfer_in', 'transfer_out', 'adjustment', 'return', 'production'
    )
  ),
  CONSTRAINT inventory_movements_quantity_check CHECK (quantity <> 0),
  CONSTRAINT inventory_movements_unit_cost_check CHECK (unit_cost >= 0)
);

COMMENT ON TABLE inventory_movements IS
  'Journal of stock: every change of inventory_stock.on_hand; rows are only added.';
COMMENT ON COLUMN inventory_movements.quantity IS 'Positive in, negative out.';
COMMENT ON COLUMN inventory_movements.reference IS
  'Document behind the movement, such as an order number.';

CREATE INDEX idx_inventory_movements_moved_by ON inventory_movements (moved_by);
CREATE INDEX idx_inventory_movements_stock_id_moved_at
  ON inventory_movements (stock_id, moved_at DESC);
CREATE INDEX idx_inventory_movements_tenant_id_moved_at
  ON inventory_movements (tenant_id, moved_at DESC);
CREATE INDEX idx_inventory_movements_tenant_id_reference
  ON inventory_movements (tenant_id, reference);
