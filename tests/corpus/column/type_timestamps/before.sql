CREATE TABLE t (a timestamp, b timestamptz, c date, d int, e interval);
