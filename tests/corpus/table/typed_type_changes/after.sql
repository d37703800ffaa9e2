CREATE TYPE tt AS (a int, b text); CREATE TABLE x OF tt (b WITH OPTIONS DEFAULT 'q', UNIQUE (b));
