SELECT pg_catalog.setval({sequence_literal}::pg_catalog.regclass, {last_value}, {is_called})
FROM {sequence} AS s, pg_catalog.pg_sequence AS q
WHERE q.seqrelid = {sequence_literal}::pg_catalog.regclass AND (
  (q.seqincrement > 0 AND ({last_value} > s.last_value OR ({last_value} = s.last_value AND {is_called} AND NOT s.is_called)))
  OR (q.seqincrement < 0 AND ({last_value} < s.last_value OR ({last_value} = s.last_value AND {is_called} AND NOT s.is_called))))
