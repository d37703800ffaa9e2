    FOR one IN SELECT s.crmdb_n AS n, s.crmdb_fate AS fate FROM {stage} AS s WHERE s.crmdb_fate IS NULL OR s.crmdb_fate = 'over' ORDER BY 1 LOOP
      BEGIN
        IF one.fate IS NULL THEN
          {insert} AND s.crmdb_n = one.n;
        ELSE
          {update} AND s.crmdb_n = one.n;
        END IF;
        UPDATE {stage} SET crmdb_fate = 'put', crmdb_why = NULL WHERE crmdb_n = one.n;
        again := true;
      EXCEPTION WHEN data_exception OR integrity_constraint_violation OR raise_exception THEN
        UPDATE {stage} SET crmdb_why = SQLERRM WHERE crmdb_n = one.n;
      END;
    END LOOP;
