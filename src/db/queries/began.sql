SELECT pg_catalog.set_config('crmdb.began',
  (extract(epoch FROM pg_catalog.clock_timestamp()) - {seconds})::text, true)
