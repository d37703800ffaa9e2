SELECT pg_describe_object(class::oid, object::oid, 0)
FROM unnest($1::text[]) AS u(address), split_part(address, ' ', 1) AS class, split_part(address, ' ', 2) AS object
ORDER BY 1
