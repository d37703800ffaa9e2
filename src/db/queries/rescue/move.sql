
DECLARE
  moved CONSTANT oid := {table_literal}::pg_catalog.regclass;
  own CONSTANT name := (SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class AS c WHERE c.oid = moved);
  part record;
BEGIN
  LOCK TABLE ONLY {table} IN ACCESS EXCLUSIVE MODE;
  IF {spares_empty} AND pg_catalog.pg_relation_size(moved) = 0 THEN
    RETURN;
  END IF;
  IF (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute AS a
      WHERE a.attrelid = moved AND a.attnum > 0 AND NOT a.attisdropped) <> {columns} THEN
    RAISE EXCEPTION 'its columns change before it is dropped';
  END IF;
  -- The foreign keys to it and from it, its keys and its checks go with it in a DROP too.
  FOR part IN
    SELECT k.conrelid::pg_catalog.regclass AS home, k.conname AS name FROM pg_catalog.pg_constraint AS k
    WHERE (k.confrelid = moved OR k.conrelid = moved) AND k.contype IN ('f', 'c', 'x', 'p', 'u') AND k.conparentid = 0
    ORDER BY k.contype <> 'f'
  LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', part.home, part.name);
  END LOOP;
  FOR part IN SELECT g.tgname AS name FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = moved AND NOT g.tgisinternal LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', part.name, {table_literal});
  END LOOP;
  FOR part IN SELECT p.polname AS name FROM pg_catalog.pg_policy AS p WHERE p.polrelid = moved LOOP
    EXECUTE pg_catalog.format('DROP POLICY %I ON %s', part.name, {table_literal});
  END LOOP;
  FOR part IN SELECT w.rulename AS name FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = moved LOOP
    EXECUTE pg_catalog.format('DROP RULE %I ON %s', part.name, {table_literal});
  END LOOP;
  FOR part IN
    SELECT n.nspname AS home, s.stxname AS name FROM pg_catalog.pg_statistic_ext AS s
    JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace WHERE s.stxrelid = moved
  LOOP
    EXECUTE pg_catalog.format('DROP STATISTICS %I.%I', part.home, part.name);
  END LOOP;
  FOR part IN
    SELECT i.indexrelid::pg_catalog.regclass AS name FROM pg_catalog.pg_index AS i
    WHERE i.indrelid = moved
  LOOP
    EXECUTE pg_catalog.format('DROP INDEX %s', part.name);
  END LOOP;
  FOR part IN
    SELECT a.attname AS name, a.attidentity <> '' AS identity, a.attgenerated <> '' AS generated FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = moved AND a.attnum > 0 AND NOT a.attisdropped AND (a.atthasdef OR a.attidentity <> '')
  LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I DROP %s', {table_literal}, part.name,
      CASE WHEN part.identity THEN 'IDENTITY' WHEN part.generated THEN 'EXPRESSION' ELSE 'DEFAULT' END);
  END LOOP;
  FOR part IN
    SELECT d.objid::pg_catalog.regclass AS name FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.refobjid = moved AND d.deptype = 'a'
  LOOP
    EXECUTE pg_catalog.format('DROP SEQUENCE %s', part.name);
  END LOOP;
  ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
  -- What is left that depends on it would stay with it, and not go with the DROP.
  SELECT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) AS what INTO part
  FROM pg_catalog.pg_depend AS d
  WHERE d.deptype = 'n' AND (
    (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = moved)
    OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN (
      SELECT t.oid FROM pg_catalog.pg_type AS t WHERE t.typrelid = moved
      UNION ALL SELECT t.typarray FROM pg_catalog.pg_type AS t WHERE t.typrelid = moved AND t.typarray <> 0)))
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% depends on it', part.what;
  END IF;
  ALTER TABLE {table} RENAME TO crmdb_rescue;
  ALTER TABLE {home}.crmdb_rescue SET SCHEMA {schema};
  ALTER TABLE {schema}.crmdb_rescue RENAME TO {place};
  CREATE TABLE {table} ();
  IF own <> CURRENT_USER THEN
    EXECUTE pg_catalog.format('ALTER TABLE %s OWNER TO %I', {table_literal}, own);
  END IF;
END
