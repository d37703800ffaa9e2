-- since 18
CREATE EXTENSION btree_gist; CREATE TABLE a (id int, at tstzrange, PRIMARY KEY (id, at), UNIQUE (id, at WITHOUT OVERLAPS)); CREATE TABLE b (r int, at tstzrange, FOREIGN KEY (r, PERIOD at) REFERENCES a (id, PERIOD at) NOT ENFORCED);
