CREATE TABLE t (a integer);
CREATE TYPE c AS (x t, y text);
