-- since 18
CREATE EXTENSION btree_gist; CREATE TABLE a (id int, at tstzrange, PRIMARY KEY (id, at WITHOUT OVERLAPS), UNIQUE (id, at)); CREATE TABLE b (r int, at tstzrange, FOREIGN KEY (r, PERIOD at) REFERENCES a);
