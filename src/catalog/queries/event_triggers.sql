SELECT 'pg_catalog.pg_event_trigger'::regclass::oid AS class, e.oid, 0 AS sub, 0::oid AS home,
       'event_trigger' AS kind, '' AS schema, e.evtname::text AS name, '' AS part,
       pg_get_userbyid(e.evtowner)::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'core', format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s()', e.evtname, e.evtevent,
               (SELECT ' WHEN TAG IN (' || string_agg(quote_literal(tag), ', ' ORDER BY at) || ')'
                FROM unnest(e.evttags) WITH ORDINALITY AS t(tag, at)), e.evtfoid::regproc),
           'settings', CASE WHEN e.evtenabled = 'O' THEN '{}'::json ELSE json_build_object('enabled', json_build_object(
               'set', format('ALTER EVENT TRIGGER %I %s', e.evtname,
                   CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END),
               'unset', format('ALTER EVENT TRIGGER %I ENABLE', e.evtname))) END
       )::text AS body
FROM pg_catalog.pg_event_trigger e
WHERE e.oid >= 16384
