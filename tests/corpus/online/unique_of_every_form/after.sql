-- since 15
create table t (a int, b int, c int, d int,
  constraint nulls unique nulls not distinct (a),
  constraint included unique (b) include (c, d) with (fillfactor = 70),
  constraint late unique (c) deferrable initially deferred,
  constraint doubly unique nulls not distinct (d) include (a) deferrable);
alter table t cluster on included;
create table o (a int, b int, constraint old_name unique (b, a));
