-- since 15
create table t (a int, b int, c int, d int);
create table o (a int, constraint old_name unique (a));
