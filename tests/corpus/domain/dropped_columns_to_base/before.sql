CREATE DOMAIN d AS text CHECK (VALUE <> ''); CREATE TABLE t (a d DEFAULT 'x', b d[]);
