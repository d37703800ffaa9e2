CREATE TYPE k AS (a bigint, b text, d int); CREATE TABLE t (a int, b varchar(5), e int); CREATE TABLE u OF k;
