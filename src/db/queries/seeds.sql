SELECT module, schema, profile, file, checksum, loaded_at,
  NOT EXISTS (
    SELECT FROM pg_catalog.unnest(relations) AS filled (oid)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = filled.oid)
  ) AS tables_stand
FROM crmdb.seed
