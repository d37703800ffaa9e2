create table t (a int, b int not null, c int not null, constraint u unique (a, c), constraint v unique (b, c));
create index i on t (a, b);
create index j on t (b, a);
create table k (a int, b int, constraint k_key primary key (a));
