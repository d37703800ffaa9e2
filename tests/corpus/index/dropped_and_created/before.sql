CREATE TABLE t (a int, b int); CREATE INDEX x ON t (a); CREATE UNIQUE INDEX y ON t (b);
