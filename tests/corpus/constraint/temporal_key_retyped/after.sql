-- since 18
CREATE EXTENSION btree_gist; CREATE TABLE a (id bigint, at int4range, PRIMARY KEY (id, at WITHOUT OVERLAPS)); CREATE TABLE b (r bigint, at int4range, FOREIGN KEY (r, PERIOD at) REFERENCES a);
