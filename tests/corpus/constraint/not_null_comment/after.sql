-- since 18
CREATE TABLE t (a int CONSTRAINT a_there NOT NULL, b int NOT NULL, c int NOT NULL, d int NOT NULL); COMMENT ON CONSTRAINT a_there ON t IS 'a'; COMMENT ON CONSTRAINT t_b_not_null ON t IS 'other'; COMMENT ON CONSTRAINT t_d_not_null ON t IS 'd';
