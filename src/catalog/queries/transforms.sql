SELECT 'pg_catalog.pg_transform'::regclass::oid AS class, t.oid, 0 AS sub, 0::oid AS home,
       'transform' AS kind, '' AS schema, format_type(t.trftype, NULL) AS name, l.lanname::text AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object('core', format('CREATE TRANSFORM FOR %s LANGUAGE %I (%s)', format_type(t.trftype, NULL), l.lanname,
           concat_ws(', ', CASE WHEN t.trffromsql <> 0 THEN 'FROM SQL WITH FUNCTION ' || t.trffromsql::regprocedure END,
                     CASE WHEN t.trftosql <> 0 THEN 'TO SQL WITH FUNCTION ' || t.trftosql::regprocedure END)))::text AS body
FROM pg_catalog.pg_transform t
JOIN pg_catalog.pg_language l ON l.oid = t.trflang
WHERE t.oid >= 16384
