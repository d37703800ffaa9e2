SELECT pg_catalog.pg_advisory_unlock(1668443492, 2); RESET ALL
