CREATE TABLE p (id integer, a text DEFAULT 'x', g integer GENERATED ALWAYS AS (1) STORED);
