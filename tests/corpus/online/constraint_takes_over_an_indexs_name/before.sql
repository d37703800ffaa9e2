create table t (a int, b int, constraint v unique (b));
create unique index u on t (a);
create table x (a int);
create index x_a_key on x (a);
