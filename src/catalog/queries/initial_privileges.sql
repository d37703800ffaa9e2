-- Privileges on what initdb or an extension made, where they are not what it was made with, and on system columns.
SELECT 0::oid AS class, o.oid, 0 AS sub, o.home,
       'initial_privileges' AS kind, '' AS schema, o.noun || ' ' || o.name AS name, o.part,
       pg_get_userbyid(o.owner)::text AS owner, o.acl::text[] AS acl,
       json_build_object('base', coalesce(o.initial, o.usual)::text[])::text AS body
FROM (
    SELECT c.oid, 0::oid AS home, '' AS part, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS noun,
           format('%I.%I', n.nspname, c.relname) AS name, c.relowner AS owner, c.relacl AS acl, i.initprivs AS initial,
           acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner) AS usual
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_init_privs i
        ON i.classoid = 'pg_catalog.pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
    WHERE c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p') AND (c.oid < 16384 OR i.privtype = 'e')
      AND n.nspname !~ '^pg_toast'
    UNION ALL
    SELECT p.oid, 0, '', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
           format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner, p.proacl,
           i.initprivs, acldefault('f', p.proowner)
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    LEFT JOIN pg_catalog.pg_init_privs i
        ON i.classoid = 'pg_catalog.pg_proc'::regclass AND i.objoid = p.oid
    WHERE p.proacl IS NOT NULL AND (p.oid < 16384 OR i.privtype = 'e' OR EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))
    UNION ALL
    SELECT n.oid, 0, '', 'SCHEMA', quote_ident(n.nspname), n.nspowner, n.nspacl, i.initprivs, acldefault('n', n.nspowner)
    FROM pg_catalog.pg_namespace n
    LEFT JOIN pg_catalog.pg_init_privs i
        ON i.classoid = 'pg_catalog.pg_namespace'::regclass AND i.objoid = n.oid
    WHERE n.nspname IN ('pg_catalog', 'information_schema')
    UNION ALL
    SELECT l.oid, 0, '', 'LANGUAGE', quote_ident(l.lanname), l.lanowner, l.lanacl, i.initprivs, acldefault('l', l.lanowner)
    FROM pg_catalog.pg_language l
    LEFT JOIN pg_catalog.pg_init_privs i
        ON i.classoid = 'pg_catalog.pg_language'::regclass AND i.objoid = l.oid
    WHERE l.oid < 16384 OR i.privtype = 'e' OR EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_language'::regclass AND d.objid = l.oid AND d.deptype = 'e')
    UNION ALL
    SELECT t.oid, 0, '', 'TYPE', format_type(t.oid, NULL), t.typowner, t.typacl, i.initprivs, acldefault('T', t.typowner)
    FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_init_privs i
        ON i.classoid = 'pg_catalog.pg_type'::regclass AND i.objoid = t.oid
    WHERE t.typacl IS NOT NULL AND (t.oid < 16384 OR i.privtype = 'e')
    UNION ALL
    SELECT c.oid, CASE WHEN c.oid >= 16384 AND i.privtype IS DISTINCT FROM 'e' THEN c.oid ELSE 0 END,
           quote_ident(a.attname), 'TABLE', format('%I.%I', n.nspname, c.relname), c.relowner, a.attacl,
           i.initprivs, '{}'
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_init_privs i
        ON i.classoid = 'pg_catalog.pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = a.attnum
    WHERE a.attacl IS NOT NULL AND (a.attnum < 0 OR c.oid < 16384 OR i.privtype = 'e')
      AND c.relpersistence <> 't' AND n.nspname <> 'crmdb'
) o
WHERE o.acl IS NOT NULL AND o.acl IS DISTINCT FROM coalesce(o.initial, o.usual)
