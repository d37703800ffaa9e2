CREATE TABLE t (a timestamptz DEFAULT now(), b date NOT NULL);
