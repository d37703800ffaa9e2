-- Marketing: campaigns, promotions and discounts, assets, brand settings, UTM tracking.

CREATE TABLE mkt_campaigns (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  objective text NOT NULL DEFAULT 'sales',
  status text NOT NULL DEFAULT 'draft',
  owner_id bigint,
  starts_at timestamptz,
  ends_at timestamptz,
  budget_amount numeric(14,2) NOT NULL DEFAULT 0,
  spent_amount numeric(14,2) NOT NULL DEFAULT 0,
  currency text NOT NULL DEFAULT 'USD',
  targeting jsonb NOT NULL DEFAULT '{}',
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT mkt_campaigns_pkey PRIMARY KEY (id),
  CONSTRAINT mkt_campaigns_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT mkt_campaigns_owner_id_fkey FOREIGN KEY (owner_id)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT mkt_campaigns_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT mkt_campaigns_objective_check CHECK (
    objective IN ('awareness', 'traffic', 'engagement', 'leads', 'sales', 'retention')
  ),
  CONSTRAINT mkt_campaigns_status_check CHECK (
    status IN ('draft', 'scheduled', 'running', 'paused', 'completed', 'cancelled')
  ),
  CONSTRAINT mkt_campaigns_budget_amount_check CHECK (budget_amount >= 0),
  CONSTRAINT mkt_campaigns_spent_amount_check CHECK (spent_amount >= 0),
  CONSTRAINT mkt_campaigns_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT mkt_campaigns_dates_check CHECK (ends_at > starts_at)
);

COMMENT ON TABLE mkt_campaigns IS 'A marketing campaign: aim, time span, money.';
COMMENT ON COLUMN mkt_campaigns.spent_amount IS 'May pass the budget.';

CREATE INDEX idx_mkt_campaigns_tenant_id ON mkt_campaigns (tenant_id);
CREATE INDEX idx_mkt_campaigns_owner_id ON mkt_campaigns (owner_id);
CREATE INDEX idx_mkt_campaigns_created_by ON mkt_campaigns (created_by);
CREATE UNIQUE INDEX uidx_mkt_campaigns_tenant_id_code_live ON mkt_campaigns (tenant_id, code)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_mkt_campaigns_tenant_id_status_starts_at_live
  ON mkt_campaigns (tenant_id, status, starts_at)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_mkt_campaigns_targeting ON mkt_campaigns USING gin (targeting jsonb_path_ops);

CREATE TRIGGER trg_mkt_campaigns_updated_at
  BEFORE UPDATE ON mkt_campaigns
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE mkt_campaign_pages (
  campaign_id bigint NOT NULL,
  platform_page_id bigint NOT NULL,
  tenant_id bigint NOT NULL,
  budget_amount numeric(14,2) NOT NULL DEFAULT 0,
  external_campaign_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT mkt_campaign_pages_pkey PRIMARY KEY (campaign_id, platform_page_id),
  CONSTRAINT mkt_campaign_pages_campaign_id_fkey FOREIGN KEY (campaign_id)
    REFERENCES mkt_campaigns (id) ON DELETE CASCADE,
  CONSTRAINT mkt_campaign_pages_platform_page_id_fkey FOREIGN KEY (platform_page_id)
    REFERENCES channels_platform_pages (id) ON DELETE CASCADE,
  CONSTRAINT mkt_campaign_pages_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT mkt_campaign_pages_budget_amount_check CHECK (budget_amount >= 0)
);

COMMENT ON TABLE mkt_campaign_pages IS
  'On which pages a campaign runs, and with what share of its money.';
COMMENT ON COLUMN mkt_campaign_pages.external_campaign_id IS
  'Identifier that the platform gave to the campaign.';

CREATE INDEX idx_mkt_campaign_pages_platform_page_id ON mkt_campaign_pages (platform_page_id);
CREATE INDEX idx_mkt_campaign_pages_tenant_id ON mkt_campaign_pages (tenant_id);

CREATE TABLE mkt_promotions (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  campaign_id bigint,
  code text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  discount_value numeric(14,2) NOT NULL DEFAULT 0,
  max_discount_amount numeric(14,2),
  min_order_amount numeric(14,2) NOT NULL DEFAULT 0,
  usage_limit integer,
  usage_limit_per_customer integer,
  used_count integer NOT NULL DEFAULT 0,
  starts_at timestamptz,
  ends_at timestamptz,
  is_active boolean NOT NULL DEFAULT true,
  rules jsonb NOT NULL DEFAULT '{}',
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT mkt_promotions_pkey PRIMARY KEY (id),
  CONSTRAINT mkt_promotions_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT mkt_promotions_campaign_id_fkey FOREIGN KEY (campaign_id)
    REFERENCES mkt_campaigns (id) ON DELETE SET NULL,
  CONSTRAINT mkt_promotions_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT mkt_promotions_kind_check CHECK (
    kind IN ('percentage', 'fixed_amount', 'free_shipping', 'buy_x_get_y')
  ),
  CONSTRAINT mkt_promotions_discount_value_check CHECK (discount_value >= 0),
  CONSTRAINT mkt_promotions_max_discount_amount_check CHECK (max_discount_amount > 0),
  CONSTRAINT mkt_promotions_min_order_amount_check CHECK (min_order_amount >= 0),
  CONSTRAINT mkt_promotions_usage_limit_check CHECK (usage_limit > 0),
  CONSTRAINT mkt_promotions_usage_limit_per_customer_check CHECK (usage_limit_per_customer > 0),
  CONSTRAINT mkt_promotions_used_count_check CHECK (used_count >= 0),
  CONSTRAINT mkt_promotions_percentage_check CHECK (kind <> 'percentage' OR discount_value <= 100),
  CONSTRAINT mkt_promotions_dates_check CHECK (ends_at > starts_at)
);

COMMENT ON TABLE mkt_promotions IS 'A discount and the conditions under which it is granted.';
COMMENT ON COLUMN mkt_promotions.code IS 'What the customer enters.';
COMMENT ON COLUMN mkt_promotions.discount_value IS
  'Percent for percentage, money for fixed_amount, else unused.';
COMMENT ON COLUMN mkt_promotions.usage_limit IS 'NULL: no limit.';

CREATE INDEX idx_mkt_promotions_tenant_id ON mkt_promotions (tenant_id);
CREATE INDEX idx_mkt_promotions_campaign_id ON mkt_promotions (campaign_id);
CREATE INDEX idx_mkt_promotions_created_by ON mkt_promotions (created_by);
CREATE UNIQUE INDEX uidx_mkt_promotions_tenant_id_upper_code_live
  ON mkt_promotions (tenant_id, upper(code))
  WHERE deleted_at IS NULL;
CREATE INDEX idx_mkt_promotions_tenant_id_is_active_ends_at_live
  ON mkt_promotions (tenant_id, is_active, ends_at)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_mkt_promotions_rules ON mkt_promotions USING gin (rules jsonb_path_ops);

CREATE TRIGGER trg_mkt_promotions_updated_at
  BEFORE UPDATE ON mkt_promotions
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE mkt_promotion_products (
  promotion_id bigint NOT NULL,
  product_id bigint NOT NULL,
  tenant_id bigint NOT NULL,
  role text NOT NULL DEFAULT 'discounted',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT mkt_promotion_products_pkey PRIMARY KEY (promotion_id, product_id),
  CONSTRAINT mkt_promotion_products_promotion_id_fkey FOREIGN KEY (promotion_id)
    REFERENCES mkt_promotions (id) ON DELETE CASCADE,
  CONSTRAINT mkt_promotion_products_product_id_fkey FOREIGN KEY (product_id)
    REFERENCES product (id) ON DELETE CASCADE,
  CONSTRAINT mkt_promotion_products_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT mkt_promotion_products_role_check CHECK (role IN ('discounted', 'required', 'free'))
);

COMMENT ON TABLE mkt_promotion_products IS
  'To which products a promotion applies; without rows it applies to all.';

CREATE INDEX idx_mkt_promotion_products_product_id ON mkt_promotion_products (product_id);
CREATE INDEX idx_mkt_promotion_products_tenant_id ON mkt_promotion_products (tenant_id);

CREATE TABLE mkt_assets (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  campaign_id bigint,
  kind text NOT NULL,
  title text NOT NULL,
  storage_path text NOT NULL,
  content_type text NOT NULL,
  size_bytes bigint NOT NULL,
  status text NOT NULL DEFAULT 'draft',
  approved_by bigint,
  approved_at timestamptz,
  metadata jsonb NOT NULL DEFAULT '{}',
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT mkt_assets_pkey PRIMARY KEY (id),
  CONSTRAINT mkt_assets_tenant_id_storage_path_key UNIQUE (tenant_id, storage_path),
  CONSTRAINT mkt_assets_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT mkt_assets_campaign_id_fkey FOREIGN KEY (campaign_id)
    REFERENCES mkt_campaigns (id) ON DELETE SET NULL,
  CONSTRAINT mkt_assets_approved_by_fkey FOREIGN KEY (approved_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT mkt_assets_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT mkt_assets_kind_check CHECK (kind IN ('image', 'video', 'audio', 'document', 'copy')),
  CONSTRAINT mkt_assets_size_bytes_check CHECK (size_bytes >= 0),
  CONSTRAINT mkt_assets_status_check CHECK (
    status IN ('draft', 'in_review', 'approved', 'archived')
  )
);

COMMENT ON TABLE mkt_assets IS 'Marketing material: image, video, text and so on.';
COMMENT ON COLUMN mkt_assets.storage_path IS 'Key in the object store, not a URL.';

CREATE INDEX idx_mkt_assets_campaign_id ON mkt_assets (campaign_id);
CREATE INDEX idx_mkt_assets_approved_by ON mkt_assets (approved_by);
CREATE INDEX idx_mkt_assets_created_by ON mkt_assets (created_by);
CREATE INDEX idx_mkt_assets_tenant_id_kind_status_live ON mkt_assets (tenant_id, kind, status)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_mkt_assets_metadata ON mkt_assets USING gin (metadata jsonb_path_ops);

CREATE TRIGGER trg_mkt_assets_updated_at
  BEFORE UPDATE ON mkt_assets
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE mkt_brand_settings (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  logo_asset_id bigint,
  primary_color text,
  secondary_color text,
  font_family text,
  tone_of_voice text,
  is_default boolean NOT NULL DEFAULT false,
  settings jsonb NOT NULL DEFAULT '{}',
  updated_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT mkt_brand_settings_pkey PRIMARY KEY (id),
  CONSTRAINT mkt_brand_settings_tenant_id_code_key UNIQUE (tenant_id, code),
  CONSTRAINT mkt_brand_settings_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT mkt_brand_settings_logo_asset_id_fkey FOREIGN KEY (logo_asset_id)
    REFERENCES mkt_assets (id) ON DELETE SET NULL,
  CONSTRAINT mkt_brand_settings_updated_by_fkey FOREIGN KEY (updated_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT mkt_brand_settings_primary_color_check CHECK (primary_color ~ '^#[0-9a-f]{6}$'),
  CONSTRAINT mkt_brand_settings_secondary_color_check CHECK (secondary_color ~ '^#[0-9a-f]{6}$')
);

COMMENT ON TABLE mkt_brand_settings IS
  'Look and voice of a brand; at most one brand of a tenant is its default.';

CREATE INDEX idx_mkt_brand_settings_logo_asset_id ON mkt_brand_settings (logo_asset_id);
CREATE INDEX idx_mkt_brand_settings_updated_by ON mkt_brand_settings (updated_by);
CREATE UNIQUE INDEX uidx_mkt_brand_settings_default ON mkt_brand_settings (tenant_id)
  WHERE is_default;
CREATE INDEX idx_mkt_brand_settings_settings
  ON mkt_brand_settings USING gin (settings jsonb_path_ops);

CREATE TRIGGER trg_mkt_brand_settings_updated_at
  BEFORE UPDATE ON mkt_brand_settings
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE mkt_utm_links (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  campaign_id bigint,
  platform_page_id bigint,
  asset_id bigint,
  short_code text NOT NULL,
  destination_url text NOT NULL,
  utm_source text NOT NULL,
  utm_medium text NOT NULL,
  utm_campaign text NOT NULL,
  utm_term text,
  utm_content text,
  click_count bigint NOT NULL DEFAULT 0,
  last_clicked_at timestamptz,
  created_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT mkt_utm_links_pkey PRIMARY KEY (id),
  CONSTRAINT mkt_utm_links_tenant_id_short_code_key UNIQUE (tenant_id, short_code),
  CONSTRAINT mkt_utm_links_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT mkt_utm_links_campaign_id_fkey FOREIGN KEY (campaign_id)
    REFERENCES mkt_campaigns (id) ON DELETE CASCADE,
  CONSTRAINT mkt_utm_links_platform_page_id_fkey FOREIGN KEY (platform_page_id)
    REFERENCES channels_platform_pages (id) ON DELETE SET NULL,
  CONSTRAINT mkt_utm_links_asset_id_fkey FOREIGN KEY (asset_id)
    REFERENCES mkt_assets (id) ON DELETE SET NULL,
  CONSTRAINT mkt_utm_links_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES sys_users (id) ON DELETE SET NULL,
  CONSTRAINT mkt_utm_links_click_count_check CHECK (click_count >= 0)
);

COMMENT ON TABLE mkt_utm_links IS 'A tracked link: destination, UTM parameters, clicks.';
COMMENT ON COLUMN mkt_utm_links.platform_page_id IS 'Where the link is published.';

CREATE INDEX idx_mkt_utm_links_campaign_id ON mkt_utm_links (campaign_id);
CREATE INDEX idx_mkt_utm_links_platform_page_id ON mkt_utm_links (platform_page_id);
CREATE INDEX idx_mkt_utm_links_asset_id ON mkt_utm_links (asset_id);
CREATE INDEX idx_mkt_utm_links_created_by ON mkt_utm_links (created_by);
CREATE INDEX idx_mkt_utm_links_tenant_id_utm_source_utm_medium_utm_campaign
  ON mkt_utm_links (tenant_id, utm_source, utm_medium, utm_campaign);

CREATE TRIGGER trg_mkt_utm_links_updated_at
  BEFORE UPDATE ON mkt_utm_links
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
