-- Which type turns into which, built-in casts included: `e` explicit only, `a` on assignment, `i` implicitly.
SELECT format_type(castsource, NULL) AS source, format_type(casttarget, NULL) AS target, castcontext::text AS context
FROM pg_catalog.pg_cast
