SELECT extname::text AS name, extversion AS definition, NULL::text AS defect, extname = 'plpgsql' AS implied
FROM pg_catalog.pg_extension
ORDER BY extname
