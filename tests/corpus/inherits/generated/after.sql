CREATE TABLE parent (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE stays () INHERITS (parent);
CREATE TABLE comes (b int) INHERITS (parent);
CREATE TABLE plain (a int, b int);
CREATE TABLE plain_child () INHERITS (plain);
CREATE TABLE parts (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
