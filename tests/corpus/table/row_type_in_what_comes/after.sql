CREATE TABLE t (a integer, b text DEFAULT 'x');
CREATE TYPE c AS (x t, y text);
CREATE TABLE of_c OF c;
CREATE TABLE a (x t[]);
