create table t (a int primary key, b int);
create table w (a int, b int, primary key (a, b));
