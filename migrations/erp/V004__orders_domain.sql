-- Orders: headers, lines, after-sales, pre-orders, custom work, metadata, images, payments.

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  order_number text NOT NULL,
  customer_id bigint NOT NULL,
  shipping_address_id bigint,
  billing_address_id bigint,
  platform_page_id bigint,
  sales_user_id bigint,
  status text NOT NULL DEFAULT 'draft',
  payment_status text NOT NULL DEFAULT 'unpaid',
  currency text NOT NULL DEFAULT 'USD',
  subtotal_amount numeric(14,2) NOT NULL DEFAULT 0,
  discount_amount numeric(14,2) NOT NULL DEFAULT 0,
  shipping_amount numeric(14,2) NOT NULL DEFAULT 0,
  tax_amount numeric(14,2) NOT NULL DEFAULT 0,
  total_amount numeric(14,2)
    GENERATED ALWAYS AS (subtotal_amount - discount_amount + shipping_amount + tax_amount) STORED,
  ordered_at timestamptz NOT NULL DEFAULT now(),
  shipped_at timestamptz,
  completed_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  note text,
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT orders_pkey PRIMARY KEY (id),
  CONSTRAINT orders_tenant_id_order_number_key UNIQUE (tenant_id, order_number),
  CONSTRAINT orders_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES crm_customers (id),
  CONSTRAINT orders_shipping_address_id_fkey FOREIGN KEY (shipping_address_id)
    REFERENCES crm_personal_addresses (id) ON DELETE SET NULL,
  CONSTRAINT orders_billing_address_id_fkey FOREIGN KEY (billing_address_id)
    REFERENCES crm_personal_addresses (id) ON DELETE SET NULL,
  CONSTRAINT orders_platform_page_id_fkey FOREIGN KEY (platform_page_id)
    REFERENCES channels_platform_pages (id) ON DELETE SET NULL,
  CONSTRAINT orders_sales_user_id_fkey FOREIGN KEY (sales_user_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT orders_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT orders_status_check CHECK (
    status IN (
      'draft', 'confirmed', 'processing', 'shipped', 'delivered', 'completed', 'cancelled',
      'returned'
    )
  ),
  CONSTRAINT orders_payment_status_check CHECK (
    payment_status IN ('unpaid', 'partial', 'paid', 'refunded')
  ),
  CONSTRAINT orders_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT orders_subtotal_amount_check CHECK (subtotal_amount >= 0),
  CONSTRAINT orders_discount_amount_check CHECK (discount_amount >= 0),
  CONSTRAINT orders_shipping_amount_check CHECK (shipping_amount >= 0),
  CONSTRAINT orders_tax_amount_check CHECK (tax_amount >= 0),
  CONSTRAINT orders_discount_check CHECK (discount_amount <= subtotal_amount)
);

COMMENT ON TABLE orders IS 'Header of an order.';
COMMENT ON COLUMN orders.platform_page_id IS 'The page through which the order came.';

CREATE INDEX idx_orders_shipping_address_id ON orders (shipping_address_id);
CREATE INDEX idx_orders_billing_address_id ON orders (billing_address_id);
CREATE INDEX idx_orders_platform_page_id ON orders (platform_page_id);
CREATE INDEX idx_orders_sales_user_id ON orders (sales_user_id);
CREATE INDEX idx_orders_created_by ON orders (created_by);
CREATE INDEX idx_orders_tenant_id_ordered_at_live ON orders (tenant_id, ordered_at DESC)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_orders_tenant_id_status_live ON orders (tenant_id, status)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_orders_tenant_id_payment_status_live ON orders (tenant_id, payment_status)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_orders_customer_id_ordered_at ON orders (customer_id, ordered_at DESC);

CREATE TRIGGER trg_orders_updated_at
  BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE order_items (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  order_id bigint NOT NULL,
  line_no integer NOT NULL,
  product_id bigint,
  sku text,
  product_name text NOT NULL,
  quantity numeric(14,3) NOT NULL DEFAULT 1,
  unit_price numeric(14,2) NOT NULL,
  discount_amount numeric(14,2) NOT NULL DEFAULT 0,
  line_total numeric(14,2) GENERATED ALWAYS AS (quantity * unit_price - discount_amount) STORED,
  note text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT order_items_pkey PRIMARY KEY (id),
  CONSTRAINT order_items_order_id_line_no_key UNIQUE (order_id, line_no),
  CONSTRAINT order_items_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id)
    REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT order_items_line_no_check CHECK (line_no > 0),
  CONSTRAINT order_items_quantity_check CHECK (quantity > 0),
  CONSTRAINT order_items_unit_price_check CHECK (unit_price >= 0),
  CONSTRAINT order_items_discount_amount_check CHECK (discount_amount >= 0),
  CONSTRAINT order_items_discount_check CHECK (discount_amount <= quantity * unit_price)
);

COMMENT ON TABLE order_items IS
  'Line of an order; name and price are those of the day it was sold.';
COMMENT ON COLUMN order_items.product_id IS
  'NULL for free text and removed products. Its foreign key is deferred: product comes later.';

CREATE INDEX idx_order_items_tenant_id ON order_items (tenant_id);
CREATE INDEX idx_order_items_product_id ON order_items (product_id);

CREATE TRIGGER trg_order_items_updated_at
  BEFORE UPDATE ON order_items
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE order_items_after_sales (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  case_number text NOT NULL,
  order_item_id bigint NOT NULL,
  kind text NOT NULL,
  status text NOT NULL DEFAULT 'open',
  reason text NOT NULL,
  quantity numeric(14,3) NOT NULL DEFAULT 1,
  refund_amount numeric(14,2) NOT NULL DEFAULT 0,
  assigned_to bigint,
  resolution text,
  opened_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT order_items_after_sales_pkey PRIMARY KEY (id),
  CONSTRAINT order_items_after_sales_tenant_id_case_number_key UNIQUE (tenant_id, case_number),
  CONSTRAINT order_items_after_sales_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT order_items_after_sales_order_item_id_fkey FOREIGN KEY (order_item_id)
    REFERENCES order_items (id) ON DELETE CASCADE,
  CONSTRAINT order_items_after_sales_assigned_to_fkey FOREIGN KEY (assigned_to)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT order_items_after_sales_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT order_items_after_sales_kind_check CHECK (
    kind IN ('return', 'exchange', 'repair', 'refund', 'complaint')
  ),
  CONSTRAINT order_items_after_sales_status_check CHECK (
    status IN ('open', 'in_progress', 'approved', 'rejected', 'closed')
  ),
  CONSTRAINT order_items_after_sales_quantity_check CHECK (quantity > 0),
  CONSTRAINT order_items_after_sales_refund_amount_check CHECK (refund_amount >= 0),
  CONSTRAINT order_items_after_sales_period_check CHECK (closed_at >= opened_at)
);

COMMENT ON TABLE order_items_after_sales IS
  'Service case after the sale of a line: return, exchange, repair, refund, complaint.';

CREATE INDEX idx_order_items_after_sales_order_item_id ON order_items_after_sales (order_item_id);
CREATE INDEX idx_order_items_after_sales_assigned_to ON order_items_after_sales (assigned_to);
CREATE INDEX idx_order_items_after_sales_created_by ON order_items_after_sales (created_by);
CREATE INDEX idx_order_items_after_sales_tenant_id_status_opened_at
  ON order_items_after_sales (tenant_id, status, opened_at);

CREATE TRIGGER trg_order_items_after_sales_updated_at
  BEFORE UPDATE ON order_items_after_sales
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE order_item_pre_orders (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  order_item_id bigint NOT NULL,
  status text NOT NULL DEFAULT 'waiting',
  deposit_amount numeric(14,2) NOT NULL DEFAULT 0,
  expected_on date,
  arrived_at timestamptz,
  released_at timestamptz,
  supplier_reference text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT order_item_pre_orders_pkey PRIMARY KEY (id),
  CONSTRAINT order_item_pre_orders_order_item_id_key UNIQUE (order_item_id),
  CONSTRAINT order_item_pre_orders_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT order_item_pre_orders_order_item_id_fkey FOREIGN KEY (order_item_id)
    REFERENCES order_items (id) ON DELETE CASCADE,
  CONSTRAINT order_item_pre_orders_status_check CHECK (
    status IN ('waiting', 'arrived', 'released', 'cancelled')
  ),
  CONSTRAINT order_item_pre_orders_deposit_amount_check CHECK (deposit_amount >= 0)
);

COMMENT ON TABLE order_item_pre_orders IS
  'That a line was sold before the goods arrived, and when they are due.';

CREATE INDEX idx_order_item_pre_orders_tenant_id_status_expected_on
  ON order_item_pre_orders (tenant_id, status, expected_on);

CREATE TRIGGER trg_order_item_pre_orders_updated_at
  BEFORE UPDATE ON order_item_pre_orders
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE order_item_customization (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  order_item_id bigint NOT NULL,
  status text NOT NULL DEFAULT 'requested',
  instructions text NOT NULL,
  specification jsonb NOT NULL DEFAULT '{}',
  extra_amount numeric(14,2) NOT NULL DEFAULT 0,
  designer_id bigint,
  approved_by bigint,
  approved_at timestamptz,
  due_on date,
  completed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT order_item_customization_pkey PRIMARY KEY (id),
  CONSTRAINT order_item_customization_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT order_item_customization_order_item_id_fkey FOREIGN KEY (order_item_id)
    REFERENCES order_items (id) ON DELETE CASCADE,
  CONSTRAINT order_item_customization_designer_id_fkey FOREIGN KEY (designer_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT order_item_customization_approved_by_fkey FOREIGN KEY (approved_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT order_item_customization_status_check CHECK (
    status IN (
      'requested', 'designing', 'awaiting_approval', 'approved', 'in_production', 'completed',
      'cancelled'
    )
  ),
  CONSTRAINT order_item_customization_extra_amount_check CHECK (extra_amount >= 0)
);

COMMENT ON TABLE order_item_customization IS
  'Work order for a line that is made to the wishes of the customer.';
COMMENT ON COLUMN order_item_customization.specification IS
  'Measures, colours, texts and positions.';

CREATE INDEX idx_order_item_customization_order_item_id ON order_item_customization (order_item_id);
CREATE INDEX idx_order_item_customization_designer_id ON order_item_customization (designer_id);
CREATE INDEX idx_order_item_customization_approved_by ON order_item_customization (approved_by);
CREATE INDEX idx_order_item_customization_tenant_id_status_due_on
  ON order_item_customization (tenant_id, status, due_on);
CREATE INDEX idx_order_item_customization_specification
  ON order_item_customization USING gin (specification jsonb_path_ops);

CREATE TRIGGER trg_order_item_customization_updated_at
  BEFORE UPDATE ON order_item_customization
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE orders_meta (
  order_id bigint NOT NULL,
  tenant_id bigint NOT NULL,
  external_order_id text,
  source text,
  is_gift boolean NOT NULL DEFAULT false,
  gift_message text,
  metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT orders_meta_pkey PRIMARY KEY (order_id),
  CONSTRAINT orders_meta_order_id_fkey FOREIGN KEY (order_id)
    REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT orders_meta_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE
);

COMMENT ON TABLE orders_meta IS
  'Facts of an order that staff seldom need; at most one row an order.';
COMMENT ON COLUMN orders_meta.external_order_id IS
  'Number of the order on the platform it came from.';

CREATE INDEX idx_orders_meta_tenant_id_external_order_id
  ON orders_meta (tenant_id, external_order_id);
CREATE INDEX idx_orders_meta_metadata ON orders_meta USING gin (metadata jsonb_path_ops);

CREATE TRIGGER trg_orders_meta_updated_at
  BEFORE UPDATE ON orders_meta
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE order_meta_crm (
  order_id bigint NOT NULL,
  tenant_id bigint NOT NULL,
  is_first_order boolean NOT NULL DEFAULT false,
  attribution text NOT NULL DEFAULT 'organic',
  attributed_user_id bigint,
  follow_up_on date,
  satisfaction_score smallint,
  crm_data jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT order_meta_crm_pkey PRIMARY KEY (order_id),
  CONSTRAINT order_meta_crm_order_id_fkey FOREIGN KEY (order_id)
    REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT order_meta_crm_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT order_meta_crm_attributed_user_id_fkey FOREIGN KEY (attributed_user_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT order_meta_crm_attribution_check CHECK (
    attribution IN ('organic', 'paid', 'referral', 'reengagement')
  ),
  CONSTRAINT order_meta_crm_satisfaction_score_check CHECK (satisfaction_score BETWEEN 1 AND 5)
);

COMMENT ON TABLE order_meta_crm IS
  'What an order means for the relation to its customer; at most one row an order.';

CREATE INDEX idx_order_meta_crm_attributed_user_id ON order_meta_crm (attributed_user_id);
CREATE INDEX idx_order_meta_crm_tenant_id_follow_up_on ON order_meta_crm (tenant_id, follow_up_on);
CREATE INDEX idx_order_meta_crm_crm_data ON order_meta_crm USING gin (crm_data jsonb_path_ops);

CREATE TRIGGER trg_order_meta_crm_updated_at
  BEFORE UPDATE ON order_meta_crm
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE order_images (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  order_id bigint NOT NULL,
  order_item_id bigint,
  kind text NOT NULL DEFAULT 'other',
  storage_path text NOT NULL,
  file_name text NOT NULL,
  content_type text NOT NULL,
  size_bytes bigint NOT NULL,
  uploaded_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT order_images_pkey PRIMARY KEY (id),
  CONSTRAINT order_images_tenant_id_storage_path_key UNIQUE (tenant_id, storage_path),
  CONSTRAINT order_images_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT order_images_order_id_fkey FOREIGN KEY (order_id)
    REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT order_images_order_item_id_fkey FOREIGN KEY (order_item_id)
    REFERENCES order_items (id) ON DELETE CASCADE,
  CONSTRAINT order_images_uploaded_by_fkey FOREIGN KEY (uploaded_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT order_images_kind_check CHECK (
    kind IN ('product', 'slip', 'packing', 'delivery', 'other')
  ),
  CONSTRAINT order_images_size_bytes_check CHECK (size_bytes >= 0)
);

COMMENT ON TABLE order_images IS 'Images and attachments of an order or of one of its lines.';
COMMENT ON COLUMN order_images.storage_path IS 'Key in the object store, not a URL.';

CREATE INDEX idx_order_images_order_id ON order_images (order_id);
CREATE INDEX idx_order_images_order_item_id ON order_images (order_item_id);
CREATE INDEX idx_order_images_uploaded_by ON order_images (uploaded_by);
CREATE INDEX idx_order_images_order_id_kind_live ON order_images (order_id, kind)
  WHERE deleted_at IS NULL;

CREATE TABLE order_payments (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  payment_number text NOT NULL,
  order_id bigint NOT NULL,
  kind text NOT NULL DEFAULT 'payment',
  method text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  amount numeric(14,2) NOT NULL,
  currency text NOT NULL DEFAULT 'USD',
  reference text,
  paid_at timestamptz,
  confirmed_by bigint,
  confirmed_at timestamptz,
  provider_data jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT order_payments_pkey PRIMARY KEY (id),
  CONSTRAINT order_payments_tenant_id_payment_number_key UNIQUE (tenant_id, payment_number),
  CONSTRAINT order_payments_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT order_payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
  CONSTRAINT order_payments_confirmed_by_fkey FOREIGN KEY (confirmed_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT order_payments_kind_check CHECK (kind IN ('payment', 'refund')),
  CONSTRAINT order_payments_method_check CHECK (
    method IN ('cash', 'bank_transfer', 'card', 'qr', 'cod', 'wallet')
  ),
  CONSTRAINT order_payments_status_check CHECK (
    status IN ('pending', 'confirmed', 'failed', 'cancelled')
  ),
  CONSTRAINT order_payments_amount_check CHECK (amount > 0),
  CONSTRAINT order_payments_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);

COMMENT ON TABLE order_payments IS
  'Money received for an order or paid back; an order with payments cannot be deleted.';
COMMENT ON COLUMN order_payments.amount IS 'Positive for refunds too; kind tells the direction.';

CREATE INDEX idx_order_payments_confirmed_by ON order_payments (confirmed_by);
CREATE INDEX idx_order_payments_tenant_id_status_paid_at
  ON order_payments (tenant_id, status, paid_at DESC);
CREATE INDEX idx_order_payments_order_id_status ON order_payments (order_id, status);
CREATE INDEX idx_order_payments_provider_data
  ON order_payments USING gin (provider_data jsonb_path_ops);

CREATE TRIGGER trg_order_payments_updated_at
  BEFORE UPDATE ON order_payments
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
