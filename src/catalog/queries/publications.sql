SELECT 'pg_catalog.pg_publication'::regclass::oid AS class, p.oid, 0 AS sub, 0::oid AS home,
       'publication' AS kind, '' AS schema, p.pubname::text AS name, '' AS part,
       pg_get_userbyid(p.pubowner)::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'core', CASE WHEN p.puballtables THEN 'ALL TABLES' ELSE '' END,
           'create', format('CREATE PUBLICATION %I%s WITH (%s)', p.pubname,
                            CASE WHEN p.puballtables THEN ' FOR ALL TABLES' END, o.options),
           'settings', json_build_object('options', json_build_object(
               'set', format('ALTER PUBLICATION %I SET (%s)', p.pubname, o.options),
               'inline', true))
       )::text AS body
FROM pg_catalog.pg_publication p,
     LATERAL (SELECT format('publish = %L, publish_via_partition_root = %s%s',
         concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                   CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),
         CASE WHEN p.pubviaroot THEN 'true' ELSE 'false' END,
         CASE to_jsonb(p)->>'pubgencols' WHEN 's' THEN ', publish_generated_columns = stored'
              WHEN 'n' THEN ', publish_generated_columns = none' END) AS options) o
