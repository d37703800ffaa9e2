-- since 18
CREATE TABLE t (a int CONSTRAINT a_there NOT NULL, b int NOT NULL, c int, d int CONSTRAINT d_there NOT NULL, e int); COMMENT ON CONSTRAINT a_there ON t IS 'must be';
