CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text);
CREATE FUNCTION rows_of_t() RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM t';
CREATE VIEW v AS SELECT * FROM rows_of_t() AS f;
CREATE TABLE s (j bigint, k bigint, l text);
CREATE VIEW w AS SELECT x.one, x.three FROM s AS x(one, two, three);
