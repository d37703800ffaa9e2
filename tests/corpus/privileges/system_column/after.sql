CREATE TABLE comes (a int);
GRANT SELECT (ctid) ON comes TO reader;
CREATE TABLE stays (a int);
GRANT SELECT (tableoid) ON stays TO reader, writer;
CREATE TABLE later (a int, b text);
GRANT SELECT (ctid) ON later TO writer;
