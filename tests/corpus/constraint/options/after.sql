CREATE TABLE t (a int, CONSTRAINT u UNIQUE (a) WITH (fillfactor=80, deduplicate_items=off));
