SELECT t.relname::text AS owner, c.relname::text AS name,
  CASE WHEN i.indisunique THEN 'unique ' ELSE '' END
    || pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid),
      CASE WHEN m.amname = 'btree' THEN '^.*? USING btree ' ELSE '^.*? USING ' END,
      CASE WHEN m.amname = 'btree' THEN '' ELSE 'using ' END) AS definition,
  CASE WHEN NOT i.indislive THEN 'is being dropped'
    WHEN NOT i.indisready THEN 'is not ready: its build has not ended'
    WHEN NOT i.indisvalid THEN 'is not valid: queries do not use it' END AS defect,
  EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')) AS implied
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = c.relam
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
WHERE t.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) AND t.relkind IN ('r', 'p', 'm')
ORDER BY t.relname, c.relname
