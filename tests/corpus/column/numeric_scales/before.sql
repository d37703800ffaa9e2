-- since 15
CREATE TABLE t (a numeric(3, -2), b numeric(2, 5), c numeric);
