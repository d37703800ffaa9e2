-- since 16
GRANT CREATE ON SCHEMA public TO app;
CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, password_required = false, run_as_owner = true, origin = none, streaming = parallel);
CREATE SUBSCRIPTION t CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, run_as_owner = true, origin = none, streaming = parallel);
