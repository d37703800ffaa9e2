create table p (a int, b int, c int, constraint pu unique (a, b), primary key (b, a)) partition by range (a);
create table pa partition of p for values from (1) to (10);
create table pb partition of p for values from (10) to (20) partition by list (b);
create table pb1 partition of pb for values in (1);
create index pi on p (c);
create table q (a int, b int, constraint qu unique (a, b)) partition by range (a);
create table qa partition of q for values from (1) to (10);
create table qb partition of q for values from (10) to (20);
