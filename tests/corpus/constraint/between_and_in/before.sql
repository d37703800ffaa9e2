CREATE TABLE t (a varchar(10) CHECK (a IN ('x', 'y')), b int CHECK (b BETWEEN 1 AND 10 AND b <> 5));
CREATE TABLE pinned (a varchar CHECK (a NOT IN ('x')), b int CHECK (b BETWEEN 1 AND 10 AND b <> 5));
