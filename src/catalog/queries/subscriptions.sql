-- The connection string may hold a password and only a superuser reads it, so a subscription is known by name and by
-- what everyone may see; a difference is refused, not written.
SELECT 'pg_catalog.pg_subscription'::regclass::oid AS class, s.oid, 0 AS sub, 0::oid AS home,
       'subscription' AS kind, '' AS schema, s.subname::text AS name, '' AS part,
       pg_get_userbyid(s.subowner)::text AS owner, NULL::text[] AS acl,
       json_build_object('core', format('PUBLICATION %s SLOT %s ENABLED %s',
           array_to_string(s.subpublications, ', '), s.subslotname, s.subenabled))::text AS body
FROM pg_catalog.pg_subscription s
WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
