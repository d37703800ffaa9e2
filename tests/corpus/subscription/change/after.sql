CREATE SUBSCRIPTION s CONNECTION 'host=/elsewhere dbname=a' PUBLICATION q, r, "P two" WITH (connect = false, slot_name = 'x', binary = true, streaming = on, synchronous_commit = 'local');
CREATE SUBSCRIPTION t CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false, slot_name = NONE);
CREATE SUBSCRIPTION u CONNECTION 'host=/nowhere dbname=a' PUBLICATION p WITH (connect = false);
COMMENT ON SUBSCRIPTION u IS 'two';
