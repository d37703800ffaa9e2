CREATE TABLE p (id int PRIMARY KEY, d date); CREATE INDEX i ON p (d);
