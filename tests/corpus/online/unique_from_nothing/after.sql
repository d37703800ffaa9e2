create table t (a int, b text, c int, constraint u unique (b), unique (c, a));
comment on constraint u on t is 'u';
