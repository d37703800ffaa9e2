CREATE TABLE t (a int NOT NULL, b text NOT NULL, PRIMARY KEY (b, a));
