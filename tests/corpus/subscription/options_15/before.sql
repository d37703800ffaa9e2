-- since 15
CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION t CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false);
