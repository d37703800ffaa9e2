CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, slot_name = 's');
ALTER SUBSCRIPTION s ENABLE;
