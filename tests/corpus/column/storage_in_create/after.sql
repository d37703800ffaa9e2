-- since 16
CREATE TABLE t (a text, b text STORAGE plain, c numeric STORAGE external, e text STORAGE external COMPRESSION pglz);
