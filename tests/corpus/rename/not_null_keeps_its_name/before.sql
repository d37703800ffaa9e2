-- since 18
CREATE TABLE a (x integer NOT NULL, y integer NOT NULL); CREATE TABLE b () INHERITS (a); CREATE TABLE d (q integer NOT NULL);
