-- since 18
CREATE TABLE t (a int CONSTRAINT a_present NOT NULL, b int CONSTRAINT b_there NOT NULL, c int CONSTRAINT c_there NOT NULL, d int NOT NULL, e int NOT NULL); COMMENT ON CONSTRAINT b_there ON t IS 'must be'; COMMENT ON CONSTRAINT t_e_not_null ON t IS 'e';
