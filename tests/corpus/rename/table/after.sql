CREATE TABLE new_name (id int PRIMARY KEY, a text); CREATE INDEX i ON new_name (a);
