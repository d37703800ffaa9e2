CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere dbname=a' PUBLICATION p, q WITH (connect = false);
CREATE SUBSCRIPTION t CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, slot_name = 'other');
CREATE SUBSCRIPTION u CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false);
COMMENT ON SUBSCRIPTION s IS 'one';
