CREATE TABLE t (a timestamptz, b timestamp, c timestamp, d uuid, e time);
