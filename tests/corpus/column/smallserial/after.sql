CREATE TABLE t (a smallserial, b bigserial NOT NULL, c serial);
