-- since 18
CREATE TABLE t (a text) WITH (vacuum_truncate = on); CREATE TABLE u (a text) WITH (autovacuum_vacuum_max_threshold = 1000, toast.autovacuum_vacuum_max_threshold = 9);
