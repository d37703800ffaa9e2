SELECT proname::text AS name FROM pg_catalog.pg_proc WHERE prokind IN ('a', 'w') AND proname = ANY ($1) ORDER BY proname LIMIT 1
