CREATE TABLE base (id integer NOT NULL, made timestamptz DEFAULT now());
CREATE TABLE leaf (id integer NOT NULL, made timestamptz DEFAULT now(), own text);
CREATE INDEX leaf_own ON leaf (own);
CREATE VIEW leaves AS SELECT id, own FROM leaf;
