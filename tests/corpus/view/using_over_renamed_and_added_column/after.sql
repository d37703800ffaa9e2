CREATE TABLE t (a integer, b integer);
CREATE TABLE u (a integer, c integer);
CREATE VIEW v AS SELECT * FROM t JOIN u USING (a);
ALTER TABLE u RENAME a TO x;
ALTER TABLE u ADD a text;
