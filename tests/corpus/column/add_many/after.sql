CREATE TABLE t (id int, z text NOT NULL DEFAULT '', a timestamptz NOT NULL DEFAULT now(), m int UNIQUE, n int PRIMARY KEY, f int REFERENCES t (n), g serial, j jsonb DEFAULT '{"a": "it''s \\ x"}');
