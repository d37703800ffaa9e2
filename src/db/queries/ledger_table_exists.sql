SELECT EXISTS (
  SELECT FROM pg_catalog.pg_class WHERE relname = $1 AND relnamespace = pg_catalog.to_regnamespace('crmdb')
)
