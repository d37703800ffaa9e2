CREATE AGGREGATE counted(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
GRANT EXECUTE ON FUNCTION counted() TO app;
CREATE AGGREGATE ranked(VARIADIC "any" ORDER BY VARIADIC "any")
    (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
REVOKE ALL ON FUNCTION ranked(VARIADIC "any") FROM PUBLIC;
CREATE AGGREGATE percentile(p float8 ORDER BY float8)
    (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_cont_float8_final);
GRANT EXECUTE ON FUNCTION percentile(float8, float8) TO app;
CREATE AGGREGATE commonest(ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = mode_final, FINALFUNC_EXTRA);
GRANT EXECUTE ON FUNCTION commonest(anyelement) TO app;
