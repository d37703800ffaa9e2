create table t (a int primary key, b int not null unique);
create table r (a int references t, b int references t (b));
create view v as select a, b, count(*) from t group by a;
