CREATE TABLE t (a int, b int); CREATE POLICY p ON t USING (b > 0);
