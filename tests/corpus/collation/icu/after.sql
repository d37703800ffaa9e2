-- since 15
CREATE COLLATION c (provider = icu, locale = 'de-u-co-phonebk', deterministic = false); CREATE COLLATION d (provider = icu, locale = 'fr'); CREATE TABLE t (a text COLLATE c PRIMARY KEY, b text COLLATE d); CREATE INDEX i ON t (b COLLATE c);
