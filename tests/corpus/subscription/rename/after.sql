CREATE SUBSCRIPTION t CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, slot_name = 'x');
COMMENT ON SUBSCRIPTION t IS 'two';
