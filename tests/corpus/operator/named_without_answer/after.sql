CREATE OPERATOR @@@ (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq, COMMUTATOR = =#);
CREATE OPERATOR =# (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR <># (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4ne, NEGATOR = ==#);
CREATE OPERATOR ==# (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq, NEGATOR = <>#);
