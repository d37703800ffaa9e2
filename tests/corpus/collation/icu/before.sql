-- since 15
CREATE COLLATION c (provider = icu, locale = 'de-u-co-phonebk'); CREATE COLLATION d (provider = icu, locale = 'en', deterministic = true); CREATE TABLE t (a text COLLATE c PRIMARY KEY, b text COLLATE d); CREATE INDEX i ON t (b COLLATE c);
