-- What Citus brings and migrations call, for a server without it: each function checks what Citus would refuse, remembers
-- what was declared and moves no row. Names, arguments and defaults are those of Citus 13; its own type of distribution
-- methods is text here.
CREATE SCHEMA IF NOT EXISTS crmdb;

CREATE TABLE crmdb.distribution (
  relation oid PRIMARY KEY,
  method text NOT NULL,
  attribute smallint,
  colocation text NOT NULL
);
COMMENT ON TABLE crmdb.distribution IS 'The tables and schemas that were declared distributed on a server without Citus.';

CREATE FUNCTION crmdb.declare_distribution(target regclass, method text, column_name text, colocate_with text)
RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  attribute smallint;
  type_name text;
  broken text;
  label text := (SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.oid = target);
BEGIN
  IF column_name IS NOT NULL THEN
    SELECT a.attnum, pg_catalog.format_type(a.atttypid, NULL) INTO attribute, type_name FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = target AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped;
    IF attribute IS NULL THEN
      RAISE EXCEPTION 'column "%" of relation "%" does not exist', column_name, label USING ERRCODE = 'undefined_column';
    END IF;
    SELECT i.indexrelid::regclass::text INTO broken FROM pg_catalog.pg_index AS i
    WHERE i.indrelid = target AND (i.indisunique OR i.indisexclusion) AND NOT attribute = ANY (i.indkey::int2[]);
    IF broken IS NOT NULL THEN
      RAISE EXCEPTION 'cannot create constraint on "%"', label USING ERRCODE = 'invalid_table_definition',
        DETAIL = 'Distributed relations cannot have UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do not include the partition column (with an equality operator if EXCLUDE).';
    END IF;
  END IF;
  IF EXISTS (SELECT FROM crmdb.distribution AS d WHERE d.relation = target AND d.method <> 'schema') THEN
    RAISE EXCEPTION 'table "%" is already distributed', label USING ERRCODE = 'invalid_table_definition';
  END IF;
  INSERT INTO crmdb.distribution AS d (relation, method, attribute, colocation)
  VALUES (target, method, attribute, crmdb.colocation_of(target, colocate_with, type_name));
END
$$;

CREATE FUNCTION crmdb.colocation_of(target regclass, colocate_with text, type_name text)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  found text;
BEGIN
  CASE pg_catalog.lower(colocate_with)
    WHEN 'none' THEN RETURN 'alone ' || target::oid;
    WHEN 'default' THEN RETURN 'default ' || coalesce(type_name, 'single shard');
    WHEN 'reference' THEN RETURN 'reference';
    ELSE
      SELECT d.colocation INTO found FROM crmdb.distribution AS d WHERE d.relation = colocate_with::oid;
      IF found IS NULL THEN
        RAISE EXCEPTION 'relation % is not distributed', colocate_with::oid::regclass USING ERRCODE = 'invalid_table_definition';
      END IF;
      RETURN found;
  END CASE;
END
$$;

CREATE FUNCTION pg_catalog.create_distributed_table(table_name regclass, distribution_column text,
  distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
  SELECT crmdb.declare_distribution(table_name, distribution_type, distribution_column,
    CASE WHEN colocate_with IN ('default', 'none') THEN colocate_with ELSE colocate_with::regclass::oid::text END)
$$;

CREATE FUNCTION pg_catalog.create_distributed_table_concurrently(table_name regclass, distribution_column text,
  distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
  SELECT pg_catalog.create_distributed_table(table_name, distribution_column, distribution_type, colocate_with, shard_count)
$$;

CREATE FUNCTION pg_catalog.create_reference_table(table_name regclass)
RETURNS void LANGUAGE sql AS $$
  SELECT crmdb.declare_distribution(table_name, 'reference', NULL, 'reference')
$$;

CREATE FUNCTION pg_catalog.undistribute_table(table_name regclass, cascade_via_foreign_keys boolean DEFAULT false)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM crmdb.distribution AS d WHERE d.relation = table_name AND d.method <> 'schema';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'cannot undistribute table because the table is not distributed'
      USING ERRCODE = 'invalid_table_definition';
  END IF;
END
$$;

CREATE FUNCTION pg_catalog.alter_distributed_table(table_name regclass, distribution_column text DEFAULT NULL,
  shard_count int DEFAULT NULL, colocate_with text DEFAULT NULL, cascade_to_colocated boolean DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  before crmdb.distribution;
BEGIN
  DELETE FROM crmdb.distribution AS d WHERE d.relation = table_name AND d.method = 'hash' RETURNING * INTO before;
  IF before IS NULL THEN
    RAISE EXCEPTION 'cannot alter table because the table is not distributed' USING ERRCODE = 'invalid_table_definition';
  END IF;
  PERFORM pg_catalog.create_distributed_table(table_name,
    coalesce(distribution_column, (SELECT a.attname FROM pg_catalog.pg_attribute AS a
      WHERE a.attrelid = table_name AND a.attnum = before.attribute)), 'hash', coalesce(colocate_with, 'default'));
  IF distribution_column IS NULL AND colocate_with IS NULL THEN
    UPDATE crmdb.distribution AS d SET colocation = before.colocation WHERE d.relation = table_name;
  END IF;
END
$$;

CREATE FUNCTION pg_catalog.update_distributed_table_colocation(table_name regclass, colocate_with text)
RETURNS void LANGUAGE sql AS $$
  UPDATE crmdb.distribution AS d SET colocation = crmdb.colocation_of(table_name,
    CASE WHEN colocate_with IN ('default', 'none') THEN colocate_with ELSE colocate_with::regclass::oid::text END, NULL)
  WHERE d.relation = table_name
$$;

CREATE FUNCTION pg_catalog.citus_schema_distribute(schemaname regnamespace)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO crmdb.distribution (relation, method, colocation) VALUES (schemaname, 'schema', 'schema ' || schemaname::oid)
  ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION pg_catalog.citus_schema_undistribute(schemaname regnamespace)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM crmdb.distribution AS d WHERE d.relation = schemaname AND d.method = 'schema';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'schema % is not distributed', schemaname USING ERRCODE = 'invalid_schema_definition';
  END IF;
END
$$;

CREATE FUNCTION pg_catalog.citus_add_local_table_to_metadata(table_name regclass, cascade_via_foreign_keys boolean DEFAULT false)
RETURNS void LANGUAGE sql AS $$ SELECT $$;

CREATE FUNCTION pg_catalog.remove_local_tables_from_metadata()
RETURNS void LANGUAGE sql AS $$ SELECT $$;

CREATE FUNCTION pg_catalog.truncate_local_data_after_distributing_table(function_name regclass)
RETURNS void LANGUAGE sql AS $$ SELECT $$;

CREATE FUNCTION pg_catalog.create_distributed_function(function_name regprocedure, distribution_arg_name text DEFAULT '',
  colocate_with text DEFAULT 'default', force_delegation boolean DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$ SELECT $$;

INSERT INTO pg_catalog.pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
VALUES (16383, 'citus', 10, 'pg_catalog'::regnamespace, false, 'stand-in')
