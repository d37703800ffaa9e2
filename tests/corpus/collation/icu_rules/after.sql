-- since 16
CREATE COLLATION c (provider = icu, locale = 'und', rules = '&a < b'); CREATE COLLATION d (provider = icu, locale = 'de', rules = '&V << w', deterministic = false); CREATE TABLE t (a text COLLATE d);
