CREATE TYPE person AS (id text, name text, born text);
CREATE TABLE people OF person (PRIMARY KEY (id));
CREATE TABLE "Leute" OF person (name WITH OPTIONS NOT NULL);
INSERT INTO people VALUES ('1', 'Ann', '2001-02-03');
INSERT INTO "Leute" VALUES ('2', 'Bob', NULL);
