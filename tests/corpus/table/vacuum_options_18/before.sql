-- since 18
CREATE TABLE t (a text) WITH (vacuum_truncate = off, vacuum_max_eager_freeze_failure_rate = 0.1); CREATE TABLE u (a text);
