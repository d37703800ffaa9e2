SELECT 'pg_catalog.pg_publication_rel'::regclass::oid AS class, r.oid, 0 AS sub, c.oid AS home,
       'publication_table' AS kind, '' AS schema, p.pubname::text AS name,
       quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'core', format('ALTER PUBLICATION %I ADD TABLE ONLY %I.%I', p.pubname, n.nspname, c.relname)
               || coalesce((SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')' -- since 15
                            FROM pg_catalog.pg_attribute a -- since 15
                            WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)), '') -- since 15
               || coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', '') -- since 15
               || '',
           'drop', format('ALTER PUBLICATION %I DROP TABLE ONLY %I.%I', p.pubname, n.nspname, c.relname)
       )::text AS body
FROM pg_catalog.pg_publication_rel r
JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
