CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, slot_name = 'x');
COMMENT ON SUBSCRIPTION s IS 'one';
