CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x', price numeric(10,2) CHECK (price > 0), UNIQUE (name));
