-- The connection string may hold a password; roles that may not read it read the rest.
SELECT 'pg_catalog.pg_subscription'::regclass::oid AS class, s.oid, 0 AS sub, 0::oid AS home,
       'subscription' AS kind, '' AS schema, s.subname::text AS name, '' AS part,
       pg_get_userbyid(s.subowner)::text AS owner, NULL::text[] AS acl,
       json_build_object(
           'connection', {connection},
           'publications', s.subpublications,
           'slot_name', s.subslotname,
           'enabled', s.subenabled,
           'binary', s.subbinary,
           'streaming', CASE s.substream::text WHEN 'false' THEN 'off' WHEN 'f' THEN 'off' WHEN 'p' THEN 'parallel' ELSE 'on' END,
           'two_phase', s.subtwophasestate <> 'd', -- since 15
           'disable_on_error', s.subdisableonerr, -- since 15
           'password_required', s.subpasswordrequired, -- since 16
           'run_as_owner', s.subrunasowner, -- since 16
           'origin', s.suborigin, -- since 16
           'failover', s.subfailover, -- since 17
           'synchronous_commit', s.subsynccommit
       )::text AS body
FROM pg_catalog.pg_subscription s
WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
