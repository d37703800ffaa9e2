CREATE TABLE kept (id integer);
CREATE TABLE kept_child () INHERITS (kept);
