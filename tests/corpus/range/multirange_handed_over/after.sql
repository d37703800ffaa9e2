CREATE TYPE a AS RANGE (subtype = float8, multirange_type_name = m); CREATE FUNCTION f(a) RETURNS m LANGUAGE sql AS 'SELECT NULL::m';
