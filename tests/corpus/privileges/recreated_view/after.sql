CREATE TABLE t (a bigint, b int); CREATE VIEW v AS SELECT a FROM t; GRANT SELECT ON v TO reader, writer; ALTER VIEW v OWNER TO app; GRANT SELECT (a) ON v TO "Odd Role";
