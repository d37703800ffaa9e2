CREATE TABLE gone (a int);
GRANT SELECT (ctid) ON gone TO reader;
CREATE TABLE stays (a int);
GRANT SELECT (xmin, tableoid) ON stays TO reader;
CREATE TABLE former (a int, b text);
GRANT SELECT (ctid) ON former TO writer;
