-- since 18
CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES r NOT ENFORCED, b int REFERENCES r, c int, d int CHECK (d > 0) NOT ENFORCED, e int CHECK (e > 0), f int, g int REFERENCES r NOT ENFORCED); COMMENT ON CONSTRAINT t_b_fkey ON t IS 'x';
