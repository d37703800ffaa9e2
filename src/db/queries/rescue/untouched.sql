(t.xmin = ANY (ARRAY(SELECT k.x FROM pg_temp.crmdb_known AS k)) OR pg_catalog.age(t.xmin) >= pg_catalog.age('{first}'::xid)
  OR pg_catalog.age(t.xmin) <= (SELECT pg_catalog.age(b.x) FROM pg_temp.crmdb_bound AS b)
  OR EXISTS (SELECT FROM crmdb.rescue_restore AS r
    WHERE pg_catalog.age(t.xmin) BETWEEN pg_catalog.age(r.last) AND pg_catalog.age(r.first)
      AND NOT EXISTS (SELECT FROM crmdb.rescue_restore AS o WHERE o.rescue = {id} AND pg_catalog.age(o.first) >= pg_catalog.age(r.first))))
