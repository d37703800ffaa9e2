create table t (a bigint, b varchar(10) not null, constraint u unique (a, b));
create index i on t (a, b);
create index j on t (b, a);
