CREATE OPERATOR =# (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
CREATE OPERATOR <># (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4ne, NEGATOR = ==#);
CREATE OPERATOR ==# (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
