CREATE TABLE old_name (id int PRIMARY KEY, a text); CREATE INDEX i ON old_name (a);
