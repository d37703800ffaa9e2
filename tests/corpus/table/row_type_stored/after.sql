CREATE DOMAIN small AS int CHECK (VALUE < 100);
CREATE TABLE t (kept text, added text COLLATE "C" DEFAULT 'it''s' NOT NULL);
CREATE TYPE pair AS (x t, y text[]);
CREATE TABLE of_pair OF pair;
CREATE TABLE holder (p pair, many t[]);
CREATE TABLE u (id bigint, twice bigint GENERATED ALWAYS AS (1) STORED, limited small);
CREATE DOMAIN a_u AS u;
CREATE TABLE other (n int, one u, of_domain a_u);
