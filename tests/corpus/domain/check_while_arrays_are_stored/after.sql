CREATE DOMAIN positive AS integer CONSTRAINT above CHECK (VALUE > 0);
CREATE TABLE t (a positive[] DEFAULT '{1}', b positive);
