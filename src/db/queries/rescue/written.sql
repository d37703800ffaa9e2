SELECT pg_catalog.set_config('crmdb.written', {written}, true)
