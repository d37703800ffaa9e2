CREATE TABLE t (a smallint, b varchar(5), c varchar(10), d numeric(6,1), e date, f real, g varchar(3)[]);
