SELECT classoid AS class, objoid AS oid, objsubid AS sub, ''::text AS provider, description AS text
FROM pg_catalog.pg_description WHERE objoid >= 16384 OR objoid = 2200
UNION ALL
SELECT classoid, objoid, objsubid, provider, label FROM pg_catalog.pg_seclabel
