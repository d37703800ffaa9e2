CREATE FUNCTION w_validator(text[], oid) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
CREATE FOREIGN DATA WRAPPER w VALIDATOR w_validator OPTIONS (a 'b', debug 'true');
CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', port '1', "Odd name" 'it''s \ =1');
CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'u');
CREATE FOREIGN TABLE f (a int OPTIONS (name 'x', key 'true'), b int) SERVER s OPTIONS (b '1', a '2');
