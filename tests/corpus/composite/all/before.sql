CREATE TYPE c AS (a int, b text); CREATE TYPE d AS (x c[]);
