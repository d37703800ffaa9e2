CREATE TABLE t (a integer);
CREATE TABLE u (b integer);
