-- since 18
CREATE TABLE t (a int, v int, w int GENERATED ALWAYS AS (a - 1) VIRTUAL, s int, CHECK (v > 0));
