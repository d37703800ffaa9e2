CREATE TABLE t (a bigint, b text, c varchar(50), d numeric(10,4), e timestamptz, f double precision, g text[]);
