SELECT 'pg_catalog.pg_ts_parser'::regclass::oid AS class, p.oid, 0 AS sub, 0::oid AS home,
       'text_search_parser' AS kind, n.nspname::text AS schema, p.prsname::text AS name, '' AS part,
       NULL::text AS owner, NULL::text[] AS acl,
       json_build_object('core', format('CREATE TEXT SEARCH PARSER %I.%I (START = %s, GETTOKEN = %s, END = %s%s, LEXTYPES = %s)',
           n.nspname, p.prsname, p.prsstart, p.prstoken, p.prsend,
           CASE WHEN p.prsheadline <> 0 THEN ', HEADLINE = ' || p.prsheadline END, p.prslextype))::text AS body
FROM pg_catalog.pg_ts_parser p JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
WHERE p.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_ts_template'::regclass::oid, t.oid, 0, 0::oid,
       'text_search_template', n.nspname::text, t.tmplname::text, '', NULL::text, NULL::text[],
       json_build_object('core', format('CREATE TEXT SEARCH TEMPLATE %I.%I (%sLEXIZE = %s)', n.nspname, t.tmplname,
           CASE WHEN t.tmplinit <> 0 THEN format('INIT = %s, ', t.tmplinit) END, t.tmpllexize))::text
FROM pg_catalog.pg_ts_template t JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace
WHERE t.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_ts_dict'::regclass::oid, d.oid, 0, 0::oid,
       'text_search_dictionary', n.nspname::text, d.dictname::text, '', pg_get_userbyid(d.dictowner)::text, NULL::text[],
       json_build_object(
           'core', format('TEMPLATE %I.%I', tn.nspname, t.tmplname),
           'create', format('CREATE TEXT SEARCH DICTIONARY %I.%I (TEMPLATE = %I.%I%s)', n.nspname, d.dictname,
                            tn.nspname, t.tmplname, ', ' || d.dictinitoption),
           'settings', CASE WHEN d.dictinitoption IS NULL THEN '{}'::json ELSE json_build_object('options', json_build_object(
               'set', format('ALTER TEXT SEARCH DICTIONARY %I.%I (%s)', n.nspname, d.dictname, d.dictinitoption),
               -- An option without a value is taken away; the next statement sets those that stay.
               'unset', format('ALTER TEXT SEARCH DICTIONARY %I.%I (%s)', n.nspname, d.dictname,
                               regexp_replace(d.dictinitoption, '\s*=\s*''(?:[^'']|'''')*''', '', 'g')),
               'inline', true)) END
       )::text
FROM pg_catalog.pg_ts_dict d
JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace
JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE d.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_ts_config'::regclass::oid, c.oid, 0, 0::oid,
       'text_search_configuration', n.nspname::text, c.cfgname::text, '', pg_get_userbyid(c.cfgowner)::text, NULL::text[],
       json_build_object(
           'core', format('CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I)', n.nspname, c.cfgname,
                          pn.nspname, p.prsname),
           'settings', (
               SELECT coalesce(json_object_agg('mapping ' || m.alias, json_build_object(
                   'set', format('ALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s', n.nspname, c.cfgname,
                                 m.alias, m.dictionaries),
                   'unset', format('ALTER TEXT SEARCH CONFIGURATION %I.%I DROP MAPPING FOR %I', n.nspname, c.cfgname,
                                   m.alias)) ORDER BY m.alias), '{}')
               FROM (SELECT t.alias, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
                     FROM pg_catalog.pg_ts_config_map m
                     JOIN ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
                     WHERE m.mapcfg = c.oid GROUP BY t.alias) m)
       )::text
FROM pg_catalog.pg_ts_config c
JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
WHERE c.oid >= 16384
