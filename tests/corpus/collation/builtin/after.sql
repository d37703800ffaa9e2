-- since 17
CREATE COLLATION c (provider = builtin, locale = 'C'); CREATE COLLATION d (provider = builtin, locale = 'C.UTF-8'); CREATE TABLE t (a text COLLATE c, b text COLLATE pg_c_utf8);
