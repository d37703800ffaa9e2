SELECT 'pg_catalog.pg_statistic_ext'::regclass::oid AS class, s.oid, 0 AS sub, s.stxrelid AS home,
       'statistics' AS kind, n.nspname::text AS schema, s.stxname::text AS name, '' AS part,
       pg_get_userbyid(s.stxowner)::text AS owner, NULL::text[] AS acl,
       json_build_object(
           -- PostgreSQL sorts the columns by their place in the table, which says nothing.
           'core', format('%s %s on %s, %s from %s.%s', s.stxname, array_to_string(s.stxkind, ' '), (
               SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname)
               FROM pg_catalog.pg_attribute a WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)),
               array_to_string(pg_get_statisticsobjdef_expressions(s.oid), ', '),
               quote_ident(cn.nspname), quote_ident(c.relname)),
           'create', pg_get_statisticsobjdef(s.oid),
           'settings', CASE WHEN coalesce(s.stxstattarget, -1) < 0 THEN '{}'::json
               ELSE json_build_object('target', json_build_object(
                   'set', format('ALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, s.stxname, s.stxstattarget),
                   'unset', format('ALTER STATISTICS %I.%I SET STATISTICS -1', n.nspname, s.stxname))) END
       )::text AS body
FROM pg_catalog.pg_statistic_ext s
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid
JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
WHERE n.nspname !~ '^(pg_|crmdb_rescue_[0-9]+$)' AND n.nspname NOT IN ('information_schema', 'crmdb')
