-- Channels: the platforms where a tenant markets and sells, and its pages on them.

CREATE TABLE channels_platforms (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL DEFAULT 'social',
  is_active boolean NOT NULL DEFAULT true,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT channels_platforms_pkey PRIMARY KEY (id),
  CONSTRAINT channels_platforms_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT channels_platforms_kind_check CHECK (
    kind IN ('social', 'marketplace', 'messaging', 'website', 'offline')
  )
);

COMMENT ON TABLE channels_platforms IS
  'A platform on which a tenant markets or sells, such as a social network or a marketplace.';

CREATE INDEX idx_channels_platforms_tenant_id ON channels_platforms (tenant_id);
CREATE UNIQUE INDEX uidx_channels_platforms_tenant_id_code_live
  ON channels_platforms (tenant_id, code)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_channels_platforms_settings
  ON channels_platforms USING gin (settings jsonb_path_ops);

CREATE TRIGGER trg_channels_platforms_updated_at
  BEFORE UPDATE ON channels_platforms
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE channels_platform_pages (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id bigint NOT NULL,
  platform_id bigint NOT NULL,
  external_id text NOT NULL,
  name text NOT NULL,
  url text,
  is_active boolean NOT NULL DEFAULT true,
  connected_at timestamptz,
  metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT channels_platform_pages_pkey PRIMARY KEY (id),
  CONSTRAINT channels_platform_pages_tenant_id_fkey FOREIGN KEY (tenant_id)
    REFERENCES sys_tenants (id) ON DELETE CASCADE,
  CONSTRAINT channels_platform_pages_platform_id_fkey FOREIGN KEY (platform_id)
    REFERENCES channels_platforms (id) ON DELETE CASCADE
);

COMMENT ON TABLE channels_platform_pages IS
  'One page, shop or account of a tenant within a platform.';
COMMENT ON COLUMN channels_platform_pages.external_id IS
  'Identifier that the platform gave to the page.';

CREATE INDEX idx_channels_platform_pages_tenant_id ON channels_platform_pages (tenant_id);
CREATE INDEX idx_channels_platform_pages_platform_id ON channels_platform_pages (platform_id);
CREATE UNIQUE INDEX uidx_channels_platform_pages_platform_id_external_id_live
  ON channels_platform_pages (platform_id, external_id)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_channels_platform_pages_tenant_id_is_active_live
  ON channels_platform_pages (tenant_id, is_active)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_channels_platform_pages_metadata
  ON channels_platform_pages USING gin (metadata jsonb_path_ops);

CREATE TRIGGER trg_channels_platform_pages_updated_at
  BEFORE UPDATE ON channels_platform_pages
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
