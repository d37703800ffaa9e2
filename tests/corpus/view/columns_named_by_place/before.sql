CREATE TABLE t (a text, b integer);
CREATE TABLE s (k bigint, l text);
