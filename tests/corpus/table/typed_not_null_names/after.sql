-- since 18
CREATE TYPE k AS (a int, b int); CREATE TABLE t OF k (a CONSTRAINT tb NOT NULL, b NOT NULL);
