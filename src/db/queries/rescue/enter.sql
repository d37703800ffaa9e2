SELECT pg_catalog.set_config('crmdb.found', pg_catalog.jsonb_object_agg(s.name, pg_catalog.current_setting(s.name))::text, true)
FROM pg_catalog.unnest('{session_authorization,role,search_path,row_security,datestyle,intervalstyle,timezone,extra_float_digits,bytea_output,lc_monetary}'::text[]) AS s (name);
SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL ROLE NONE; SET LOCAL search_path = ''; SET LOCAL row_security = off;
SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C'
