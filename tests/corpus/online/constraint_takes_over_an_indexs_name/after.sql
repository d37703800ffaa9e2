create table t (a int, b int, constraint u unique (a));
create unique index v on t (b);
create table x (a int unique);
