-- since 18
CREATE EXTENSION btree_gist; CREATE TABLE a (id int, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS)); CREATE TABLE b (id int, at daterange, r int);
