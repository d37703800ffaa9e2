SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass::oid AS class, f.oid, 0 AS sub, 0::oid AS home,
       'foreign_data_wrapper' AS kind, '' AS schema, f.fdwname::text AS name, '' AS part,
       pg_get_userbyid(f.fdwowner)::text AS owner,
       coalesce(f.fdwacl, acldefault('F', f.fdwowner))::text[] AS acl,
       json_build_object(
           'core', '',
           'create', format('CREATE FOREIGN DATA WRAPPER %I', f.fdwname)
               || CASE WHEN f.fdwhandler <> 0 THEN ' HANDLER ' || f.fdwhandler::regproc ELSE '' END
               || CASE WHEN f.fdwvalidator <> 0 THEN ' VALIDATOR ' || f.fdwvalidator::regproc ELSE '' END,
           'options', coalesce(f.fdwoptions, '{}'),
           'settings', CASE WHEN f.fdwhandler <> 0 THEN jsonb_build_object('handler', jsonb_build_object(
                   'set', format('ALTER FOREIGN DATA WRAPPER %I HANDLER %s', f.fdwname, f.fdwhandler::regproc),
                   'unset', format('ALTER FOREIGN DATA WRAPPER %I NO HANDLER', f.fdwname),
                   'inline', true)) ELSE '{}' END
               || CASE WHEN f.fdwvalidator <> 0 THEN jsonb_build_object('validator', jsonb_build_object(
                   'set', format('ALTER FOREIGN DATA WRAPPER %I VALIDATOR %s', f.fdwname, f.fdwvalidator::regproc),
                   'unset', format('ALTER FOREIGN DATA WRAPPER %I NO VALIDATOR', f.fdwname),
                   'inline', true)) ELSE '{}' END
       )::text AS body
FROM pg_catalog.pg_foreign_data_wrapper f
WHERE f.oid >= 16384
