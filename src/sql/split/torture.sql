-- Statements whose ends are hard to find; a semicolon in almost every place where it does not end one;
/* The file runs on an empty database as it is: psql -X -v ON_ERROR_STOP=1 -f torture.sql
   /* nested; */ still a comment; */
\restrict uH4ai9XzQm
;;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', 'public', false);
SELECT 1; SELECT 2 ; /* between; */ SELECT 3 -- behind;
;
CREATE TABLE "semi;colon" ("a;""b" int, c text DEFAULT ';', "größe" numeric(10,2) CHECK ("größe" > 0)); -- end;
INSERT INTO "semi;colon" VALUES (1, 'it''s; "quoted" -- not a comment /* nor this', 1.5), (2, '\', 2e0);
INSERT INTO "semi;colon" VALUES (3, E'\';\\', .5), (4, e'a''b\';', 3.), (5, E'\n;
\'', 4);
INSERT INTO "semi;colon" VALUES (6, 'a'
  '\', 5), (7, U&'d\0061t\+000061;', 6), (8, U&'d!0061;' UESCAPE '!', 7), (9, N';', 8);
SELECT B'1010', X'1F', b'', x'' FROM U&"s\0065mi;colon", (SELECT 1 AS U&";!0061" UESCAPE '!') AS "/*";
SELECT $$;$$, $a$ ; $$ ; $a$, $ä_1$ ' " ; $a$ $ä_1$, $A$$a$;$A$, $x$$x$;
DO $do$
DECLARE
  n int;
BEGIN
  n := 1; /* $do */ -- $d$;
  EXECUTE $q$SELECT ';'$q$ INTO n;
EXCEPTION WHEN OTHERS THEN
  NULL;
END;
$do$;
SELECT 1 +-- a comment, not an operator;
  2, 6 */* another; */3, -1, - -1, 2 --;
  ;
SELECT 5 <>-1, 5=-1, '{1}'::int[]<@'{1,2}'::int[];
CREATE FUNCTION a$$b() RETURNS int LANGUAGE sql AS 'SELECT 1;';
SELECT a$$b();SELECT a$$b();
PREPARE p (int, text) AS SELECT $1, $2;
EXECUTE p (1, ';');
CREATE FUNCTION standard(a int, b text DEFAULT ';') RETURNS int
  LANGUAGE sql
  BEGIN ATOMIC
    SELECT CASE WHEN a > 0 THEN CASE a WHEN 1 THEN 10 ELSE 20 END ELSE -1 END;
    SELECT (CASE WHEN true THEN 1 END) + t."end" FROM (SELECT 2 AS "end") t;
  END;
CREATE OR REPLACE PROCEDURE nothing() LANGUAGE sql
BEGIN /* here; */
  ATOMIC
END;
create or replace function standard(a int, b text default ';') returns int language sql
  begin atomic select 1; select case when b = 'end;' then 1 end; end; select standard(1);
CREATE FUNCTION returned() RETURNS int RETURN (SELECT 1);
CALL nothing();
CREATE TABLE audit (id int GENERATED ALWAYS AS IDENTITY, note text, at timestamptz DEFAULT now());
CREATE RULE noted AS ON INSERT TO "semi;colon" DO ALSO (
  INSERT INTO audit (note) VALUES ('a;b');
  INSERT INTO audit (note) VALUES ($$c;d$$); -- )
);
CREATE SCHEMA elements
  CREATE TABLE t (i int PRIMARY KEY, "begin" int, "atomic" int)
  CREATE VIEW v AS SELECT i, "begin" AS atomic FROM t
  CREATE INDEX ON t ("begin");
CREATE VIEW begin AS SELECT i AS begin, atomic FROM elements.v;
SELECT begin atomic FROM begin;
CREATE TABLE rows (a int, b text, c text);
COPY rows (a, b, c) FROM stdin;
1	a;b	it's
2	\N	\\. "$$
3	-- no comment	/* nor this
\.
COPY rows FROM STDIN WITH (FORMAT csv, HEADER, NULL ';'); -- the rows follow;
a,b,c
4,"x;
y",';'
\.
copy rows from /* here; */ stdin -- and;
  where a > 0;
\.
COPY rows TO '/dev/null'; COPY (SELECT ';' FROM rows) TO '/dev/null';
BEGIN; SAVEPOINT a; SELECT 1; ROLLBACK TO a; END;
START TRANSACTION; COMMIT AND NO CHAIN;
CREATE OPERATOR @-@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4mi);
SELECT 3 @-@ 2, 3 @-@--;
  1;
CREATE OPERATOR *-+@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl); SELECT 1 *-+@/*;*/ 2;
CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
SELECT a[1:2], a[:1] FROM (SELECT ARRAY[1, 2, 3] AS a) t;
CREATE TYPE mood AS ENUM ('sad;', 'o''k', E'h\';appy');
COMMENT ON TYPE mood IS
  'one; '
  'two;';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
SELECT 1 AS "a
;b", 'c
;d' AS e;
	SELECT 1;SELECT	2
;
SELECT 'größe;' AS "naïve;", '日本;語', '🦀;' ;
\unrestrict uH4ai9XzQm
SELECT 'the last one has no semicolon'
