-- Whether the database is marked as one that crmdb may empty, and how many things of somebody else's are in it.
SELECT pg_catalog.json_build_object(
  'marked', pg_catalog.to_regclass('crmdb.shadow') IS NOT NULL,
  'things',
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace
     WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public'))
    + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class AS c
       WHERE c.relnamespace = 'public'::pg_catalog.regnamespace)
    + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc AS p
       WHERE p.pronamespace = 'public'::pg_catalog.regnamespace)
    + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_type AS t
       WHERE t.typnamespace = 'public'::pg_catalog.regnamespace)
    + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_extension AS e WHERE e.extname <> 'plpgsql')
    + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_publication)
    + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_subscription AS s
       JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database())
    + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_event_trigger)
    + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_foreign_data_wrapper))
