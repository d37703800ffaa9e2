CREATE TABLE base (id integer NOT NULL, made timestamptz DEFAULT now());
CREATE TABLE leaf (own text) INHERITS (base);
CREATE INDEX leaf_own ON leaf (own);
CREATE VIEW leaves AS SELECT id, own FROM leaf;
