CREATE TABLE t (a text DEFAULT 'a' NOT NULL, CHECK (a <> 'b'));
