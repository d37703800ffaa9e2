-- The platforms on which Lotus Gifts sells, and its pages there.

INSERT INTO channels_platforms (tenant_id, code, name, kind, settings)
SELECT t.id, v.code, v.name, v.kind, v.settings::jsonb
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('facebook', 'Facebook', 'social', '{"apiVersion": "v19.0"}'),
  ('line', 'LINE', 'messaging', '{}'),
  ('shop', 'Own web shop', 'website', '{"checkout": "hosted"}')
) AS v (code, name, kind, settings)
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (tenant_id, code) WHERE deleted_at IS NULL DO NOTHING;

INSERT INTO channels_platform_pages (
  tenant_id, platform_id, external_id, name, url, connected_at, metadata
)
SELECT t.id, p.id, v.external_id, v.name, v.url, v.connected_at, v.metadata::jsonb
FROM sys_tenants AS t
CROSS JOIN (VALUES
  ('facebook', '100200300400', 'Lotus Gifts', 'https://social.example/lotusgifts',
    timestamptz '2025-01-06 03:00+00', '{"followers": 18250}'),
  ('line', '@lotusgifts', 'Lotus Gifts on LINE', NULL, '2025-01-06 03:10+00', '{}'),
  ('shop', 'lotus.example', 'lotus.example', 'https://lotus.example', '2025-01-06 03:20+00', '{}')
) AS v (platform, external_id, name, url, connected_at, metadata)
JOIN channels_platforms AS p
  ON p.tenant_id = t.id AND p.code = v.platform AND p.deleted_at IS NULL
WHERE t.slug = 'lotus-gifts' AND t.deleted_at IS NULL
ON CONFLICT (platform_id, external_id) WHERE deleted_at IS NULL DO NOTHING;
