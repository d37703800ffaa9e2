-- since 15
CREATE TABLE t (a numeric(5, -3), b numeric(4, 2), c numeric(3, -1), d numeric(1, 1) DEFAULT 0.1);
