create table p (a int, b int, c int) partition by range (a);
create table pa partition of p for values from (1) to (10);
create table pb partition of p for values from (10) to (20) partition by list (b);
create table pb1 partition of pb for values in (1);
create table q (a int, b int, constraint qu unique (a)) partition by range (a);
create table qa partition of q for values from (1) to (10);
create table qb (a int, b int);
