create table t (a int not null, b int not null);
create unique index i on t (a);
create table r (a int references t (a));
create table t2 (a int primary key, b int not null);
create unique index i2 on t2 (b);
create table r2 (a int, b int);
