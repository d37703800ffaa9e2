CREATE TABLE t (a numeric(10,2) DEFAULT 0, b real, c smallint, d char(3));
