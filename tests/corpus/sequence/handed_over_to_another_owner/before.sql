CREATE TABLE t (a serial, b integer);
CREATE TABLE former (a serial);
CREATE TABLE next (a integer);
