CREATE TYPE r AS RANGE (subtype = float8, multirange_type_name = m); CREATE FUNCTION f(r) RETURNS m LANGUAGE sql AS 'SELECT NULL::m';
