-- since 18
CREATE TABLE t (a int, b int, c int, d int NOT NULL, e int); ALTER TABLE t ADD CONSTRAINT b_there NOT NULL b NOT VALID; ALTER TABLE t ADD NOT NULL c NOT VALID;
