-- since 16
CREATE TABLE t (a text STORAGE external, b text STORAGE main, c numeric, d int);
