create table t (a int not null, b int not null);
create unique index i on t (a) include (b);
create table r (a int references t (a));
create table t2 (a int not null unique, b int not null primary key);
create unique index i2 on t2 (b) where true;
create table r2 (a int references t2 (a), b int references t2 (b));
