CREATE TABLE t (a text DEFAULT 'x', b text[]);
