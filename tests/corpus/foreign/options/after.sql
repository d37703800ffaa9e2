CREATE FOREIGN DATA WRAPPER w OPTIONS (debug 'false', level '2');
CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS ("Odd name" 'it''s /', port '1', empty '');
CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (username 'u');
CREATE FOREIGN TABLE f (a int OPTIONS (key 'true', name 'x'), b int OPTIONS (name 'y')) SERVER s OPTIONS (a '2', b '1', c '3');
