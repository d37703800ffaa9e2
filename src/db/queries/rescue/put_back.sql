EXISTS (SELECT FROM crmdb.rescue_restore AS r
  WHERE pg_catalog.age(t.xmin) BETWEEN pg_catalog.age(r.last) AND pg_catalog.age(r.first)
    AND EXISTS (SELECT FROM crmdb.rescue_restore AS o WHERE o.rescue = {id} AND pg_catalog.age(o.first) >= pg_catalog.age(r.first)))
