CREATE DOMAIN positive AS integer;
CREATE TABLE t (a positive[] DEFAULT '{1}', b positive);
