-- since 16
CREATE COLLATION c (provider = icu, locale = 'und', rules = '&V << w <<< W');
