-- since 16
GRANT CREATE ON SCHEMA public TO app;
CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false);
