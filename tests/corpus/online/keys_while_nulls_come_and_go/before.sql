create table t (a int not null, b int, c int not null, constraint u unique (a), constraint v unique (b));
create index i on t (a);
create index j on t (b);
create table k (a int, b int not null, constraint k_key primary key (b));
