CREATE TABLE t (a varchar(10), b varchar(20), c varchar, d varchar(20), n char(3), m char(3));
CREATE VIEW v AS SELECT 1 AS x;
