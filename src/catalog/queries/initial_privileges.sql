-- Privileges on what initdb or an extension made, where they are not what it was made with, and on system columns.
SELECT 0::oid AS class, o.oid, 0 AS sub, CASE WHEN o.oid >= 16384 AND m.extname IS NULL THEN o.oid ELSE 0 END AS home,
       'initial_privileges' AS kind, '' AS schema, o.noun || ' ' || o.name AS name, o.part,
       pg_get_userbyid(o.owner)::text AS owner, o.acl::text[] AS acl,
       json_build_object('base', coalesce(i.initprivs, o.usual)::text[], 'extension', m.extname)::text AS body
FROM (
    SELECT 'pg_catalog.pg_class'::regclass AS class, c.oid, 0 AS sub, '' AS part,
           CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS noun,
           format('%I.%I', n.nspname, c.relname) AS name, c.relowner AS owner, c.relacl AS acl,
           acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner) AS usual
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p') AND n.nspname !~ '^pg_toast'
    UNION ALL
    SELECT 'pg_catalog.pg_proc'::regclass, p.oid, 0, '', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
           format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner, p.proacl,
           acldefault('f', p.proowner)
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    UNION ALL
    SELECT 'pg_catalog.pg_namespace'::regclass, n.oid, 0, '', 'SCHEMA', quote_ident(n.nspname), n.nspowner, n.nspacl,
           acldefault('n', n.nspowner)
    FROM pg_catalog.pg_namespace n
    WHERE n.oid <> 2200 AND n.nspname !~ '^pg_t'
    UNION ALL
    SELECT 'pg_catalog.pg_language'::regclass, l.oid, 0, '', 'LANGUAGE', quote_ident(l.lanname), l.lanowner, l.lanacl,
           acldefault('l', l.lanowner)
    FROM pg_catalog.pg_language l
    UNION ALL
    SELECT 'pg_catalog.pg_type'::regclass, t.oid, 0, '', 'TYPE', format_type(t.oid, NULL), t.typowner, t.typacl,
           acldefault('T', t.typowner)
    FROM pg_catalog.pg_type t
    UNION ALL
    SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, w.oid, 0, '', 'FOREIGN DATA WRAPPER', quote_ident(w.fdwname),
           w.fdwowner, w.fdwacl, acldefault('F', w.fdwowner)
    FROM pg_catalog.pg_foreign_data_wrapper w
    UNION ALL
    SELECT 'pg_catalog.pg_foreign_server'::regclass, s.oid, 0, '', 'FOREIGN SERVER', quote_ident(s.srvname),
           s.srvowner, s.srvacl, acldefault('S', s.srvowner)
    FROM pg_catalog.pg_foreign_server s
    UNION ALL
    SELECT 'pg_catalog.pg_class'::regclass, c.oid, a.attnum, quote_ident(a.attname), 'TABLE',
           format('%I.%I', n.nspname, c.relname), c.relowner, a.attacl, '{}'
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND c.relpersistence <> 't' AND n.nspname <> 'crmdb'
) o
LEFT JOIN pg_catalog.pg_init_privs i ON (i.classoid, i.objoid, i.objsubid) = (o.class, o.oid, o.sub)
LEFT JOIN (
    SELECT d.classid, d.objid, e.extname
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
) m ON (m.classid, m.objid) = (o.class, o.oid)
WHERE (o.oid < 16384 OR m.extname IS NOT NULL OR o.sub < 0)
  AND o.acl IS NOT NULL AND o.acl IS DISTINCT FROM coalesce(i.initprivs, o.usual)
