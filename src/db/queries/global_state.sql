SELECT CASE $1
  WHEN 'database' THEN EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $2)
  WHEN 'tablespace' THEN EXISTS (SELECT FROM pg_catalog.pg_tablespace WHERE spcname = $2)
  ELSE EXISTS (SELECT FROM pg_catalog.pg_subscription WHERE subname = $2 AND subdbid =
    (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())) END
