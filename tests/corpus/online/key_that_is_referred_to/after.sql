create table t (a int not null unique, b int primary key);
create table r (a int references t (a), b int references t);
create view v as select a, b, count(*) from t group by b;
