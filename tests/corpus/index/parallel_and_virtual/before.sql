-- since 18
CREATE TABLE t (a int, b jsonb, v int GENERATED ALWAYS AS (a * 2) VIRTUAL); CREATE INDEX i ON t USING gin (b) WITH (fastupdate = off); CREATE INDEX k ON t (a) WHERE a > 0;
