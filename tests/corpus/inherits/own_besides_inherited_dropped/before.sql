CREATE TABLE parent (a int, b int, CONSTRAINT positive CHECK (a > 0));
CREATE TABLE child (b int, c int, CONSTRAINT positive CHECK (a > 0)) INHERITS (parent);
CREATE TABLE grandchild (b int) INHERITS (child);
CREATE VIEW of_child AS SELECT b FROM child;
