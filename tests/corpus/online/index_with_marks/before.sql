create table t (a int not null, b int not null);
create unique index i on t (a);
alter table t replica identity using index i;
alter table t cluster on i;
create table s (a int, b int);
create index si on s ((a + b));
alter index si alter column 1 set statistics 500;
