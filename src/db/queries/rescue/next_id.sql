SELECT pg_catalog.min(n)::text FROM pg_catalog.generate_series(1, 1000) AS s (i),
  LATERAL (SELECT coalesce((SELECT pg_catalog.max(r.id) FROM crmdb.rescue AS r), 0) + s.i AS n) AS next
WHERE pg_catalog.to_regnamespace('crmdb_rescue_' || n) IS NULL
