CREATE SCHEMA s; CREATE TABLE t (a int, b int, c text); CREATE STATISTICS s.x (ndistinct, mcv) ON a, b FROM t; CREATE STATISTICS s.y ON (a % 2), lower(c) FROM t; ALTER STATISTICS s.x OWNER TO app;
