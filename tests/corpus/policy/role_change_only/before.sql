CREATE TABLE t (a int); CREATE POLICY p ON t TO app USING (a > 0);
