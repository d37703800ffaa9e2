CREATE TABLE p (a integer); CREATE TABLE q (b text);
CREATE TABLE c () INHERITS (p);
