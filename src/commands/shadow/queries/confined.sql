SELECT pg_catalog.json_build_object(
    'schemas', (SELECT pg_catalog.json_agg(n.nspname) FROM pg_catalog.pg_namespace n
                WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')),
    'event_triggers', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_event_trigger e WHERE e.evtenabled <> 'D'),
    'makes_schemas', pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'),
    'standby', pg_catalog.pg_is_in_recovery())::text
