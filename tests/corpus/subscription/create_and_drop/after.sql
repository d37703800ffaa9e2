CREATE TABLE t (a integer);
CREATE SUBSCRIPTION "Odd sub" CONNECTION 'host=/nowhere dbname=d''b user=u' PUBLICATION p, "P two" WITH (connect = false);
CREATE SUBSCRIPTION without CONNECTION 'postgresql://u@/d?host=/nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE, binary = true, synchronous_commit = 'remote_apply', streaming = on);
COMMENT ON SUBSCRIPTION "Odd sub" IS 'from ''there''';
