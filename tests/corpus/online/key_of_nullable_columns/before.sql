create table t (a int, b int not null);
create table w (a int not null primary key);
