CREATE DOMAIN small AS int CHECK (VALUE < 100);
CREATE TABLE t (id integer NOT NULL, kept text);
CREATE TYPE pair AS (x t, y text[]);
CREATE TABLE of_pair OF pair;
CREATE TABLE holder (p pair, many t[]);
CREATE TABLE u (id integer);
CREATE DOMAIN a_u AS u;
CREATE TABLE other (n int, one u, of_domain a_u);
