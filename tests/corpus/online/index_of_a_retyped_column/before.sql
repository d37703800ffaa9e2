create table t (a int, b text, c int, constraint u unique (a, c));
create index i on t (a);
create index j on t (b);
