CREATE TABLE a (a_id int PRIMARY KEY, n text); CREATE TABLE b (a_id int CONSTRAINT fk REFERENCES a (a_id)); CREATE VIEW v AS SELECT a_id, n FROM a GROUP BY a_id;
