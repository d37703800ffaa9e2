-- since 18
CREATE TABLE p (a int, v int GENERATED ALWAYS AS (a * 2) VIRTUAL); CREATE TABLE k (b int) INHERITS (p);
