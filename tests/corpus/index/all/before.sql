-- since 15
CREATE TABLE t (a int, b text, c jsonb, d tsvector, e int[]);
