CREATE TYPE person AS (id bigint, name varchar(30), born date);
CREATE TABLE people OF person (PRIMARY KEY (id));
CREATE TABLE "Leute" OF person (name WITH OPTIONS NOT NULL);
INSERT INTO people VALUES ('1', 'Ann', '2001-02-03');
INSERT INTO "Leute" VALUES ('2', 'Bob', NULL);
