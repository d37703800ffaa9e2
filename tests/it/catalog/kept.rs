//! What lives on: objects that only get another name, and the rows of tables that are partitioned in another way.

use std::path::Path;

use crmdb::catalog::diff::{Options, Renames};

use super::each;
use super::trial::Trial;

/// Runs each case by its name.
fn every<C: Sync>(cases: &[(&str, C)], run: impl Fn(&C) -> Result<(), String> + Sync) {
    each(cases.iter().map(|(name, _)| (*name).to_owned()).collect(), |name| {
        cases.iter().filter(|(other, _)| *other == name).try_for_each(|(_, case)| run(case))
    });
}

const RENAMES: &[(&str, [&str; 3])] = &[
    (
        "a view with a view over it",
        [
            "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW over AS SELECT a FROM v; \
             GRANT SELECT ON v TO reader; COMMENT ON COLUMN v.a IS 'x'; CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING",
            "CREATE TABLE t (a int); CREATE VIEW w AS SELECT a FROM t; CREATE VIEW over AS SELECT a FROM w; \
             GRANT SELECT ON w TO reader; COMMENT ON COLUMN w.a IS 'x'; CREATE RULE r AS ON INSERT TO w DO INSTEAD NOTHING",
            "ALTER VIEW public.v RENAME TO w;",
        ],
    ),
    (
        "an extension whose values are stored, in a later version",
        [
            "CREATE EXTENSION citext VERSION '1.4'; CREATE TABLE t (a citext PRIMARY KEY, b citext[])",
            "CREATE EXTENSION citext VERSION '1.6'; CREATE TABLE t (a citext PRIMARY KEY, b citext[]); \
             CREATE INDEX i ON t USING btree (a citext_pattern_ops)",
            "ALTER EXTENSION citext UPDATE TO '1.6';",
        ],
    ),
    (
        "a materialised view with an index, to another schema",
        [
            "CREATE SCHEMA s; CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; \
             CREATE UNIQUE INDEX m_a ON m (a)",
            "CREATE SCHEMA s; CREATE TABLE t (a int); CREATE MATERIALIZED VIEW s.m AS SELECT a FROM t; \
             CREATE UNIQUE INDEX m_a ON s.m (a)",
            "ALTER MATERIALIZED VIEW public.m SET SCHEMA s;",
        ],
    ),
    (
        "functions, in defaults, checks, triggers, views and routines",
        [
            "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a'; \
             CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
             CREATE TABLE t (a int DEFAULT f(1) CHECK (f(a) > 0)); CREATE INDEX i ON t (f(a)); CREATE VIEW v AS SELECT f(a) FROM t; \
             CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g(); COMMENT ON FUNCTION f IS 'x'; \
             CREATE FUNCTION user_of() RETURNS int LANGUAGE sql RETURN f(2); \
             CREATE PROCEDURE p(a text) LANGUAGE sql AS 'SELECT 1'",
            "CREATE FUNCTION f2(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a'; \
             CREATE FUNCTION g2() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
             CREATE TABLE t (a int DEFAULT f2(1) CHECK (f2(a) > 0)); CREATE INDEX i ON t (f2(a)); CREATE VIEW v AS SELECT f2(a) AS f FROM t; \
             CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g2(); COMMENT ON FUNCTION f2 IS 'x'; \
             CREATE FUNCTION user_of() RETURNS int LANGUAGE sql RETURN f2(2); \
             CREATE PROCEDURE p2(a text) LANGUAGE sql AS 'SELECT 1'",
            "ALTER FUNCTION public.f(integer) RENAME TO f2;",
        ],
    ),
    (
        "a schema with everything in it",
        [
            "CREATE SCHEMA old; CREATE TYPE old.e AS ENUM ('old', 'new'); \
             CREATE TABLE old.t (id serial PRIMARY KEY, e old.e DEFAULT 'old', n int GENERATED ALWAYS AS IDENTITY); \
             CREATE FUNCTION old.f(e old.e) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; \
             CREATE TABLE old.p (a int, CHECK (old.f('old') > a)) PARTITION BY LIST (a); CREATE TABLE old.p1 PARTITION OF old.p FOR VALUES IN (1); \
             CREATE INDEX i ON old.p (a); CREATE VIEW v AS SELECT id, old.f(e) AS f FROM old.t; GRANT USAGE ON SCHEMA old TO reader; \
             CREATE TABLE u (id int REFERENCES old.t, e old.e[]); ALTER DEFAULT PRIVILEGES IN SCHEMA old GRANT SELECT ON TABLES TO reader",
            "CREATE SCHEMA \"New\"; CREATE TYPE \"New\".e AS ENUM ('old', 'new'); \
             CREATE TABLE \"New\".t (id serial PRIMARY KEY, e \"New\".e DEFAULT 'old', n int GENERATED ALWAYS AS IDENTITY); \
             CREATE FUNCTION \"New\".f(e \"New\".e) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; \
             CREATE TABLE \"New\".p (a int, CHECK (\"New\".f('old') > a)) PARTITION BY LIST (a); CREATE TABLE \"New\".p1 PARTITION OF \"New\".p FOR VALUES IN (1); \
             CREATE INDEX i ON \"New\".p (a); CREATE VIEW v AS SELECT id, \"New\".f(e) AS f FROM \"New\".t; GRANT USAGE ON SCHEMA \"New\" TO reader; \
             CREATE TABLE u (id int REFERENCES \"New\".t, e \"New\".e[]); ALTER DEFAULT PRIVILEGES IN SCHEMA \"New\" GRANT SELECT ON TABLES TO reader",
            "ALTER SCHEMA old RENAME TO \"New\";",
        ],
    ),
    (
        "a trigger, a rule and a policy",
        [
            "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (a int); \
             CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g(); ALTER TABLE t DISABLE TRIGGER x; \
             CREATE POLICY p ON t USING (a > 0); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING; COMMENT ON POLICY p ON t IS 'p'",
            "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (a int); \
             CREATE TRIGGER y BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g(); ALTER TABLE t DISABLE TRIGGER y; \
             CREATE POLICY q ON t USING (a > 0); CREATE RULE s AS ON DELETE TO t DO INSTEAD NOTHING; COMMENT ON POLICY q ON t IS 'p'",
            "ALTER POLICY p ON public.t RENAME TO q;",
        ],
    ),
    (
        "an attribute of a type that tables are of, and a check of a domain",
        [
            "CREATE TYPE c AS (a int, b text); CREATE TABLE t OF c; CREATE TABLE u (c c); CREATE VIEW v AS SELECT (c).b, a FROM u, t; \
             CREATE DOMAIN d AS int CONSTRAINT pos CHECK (VALUE > 0)",
            "CREATE TYPE c AS (a int, z text); CREATE TABLE t OF c; CREATE TABLE u (c c); CREATE VIEW v AS SELECT (c).z AS b, a FROM u, t; \
             CREATE DOMAIN d AS int CONSTRAINT positive CHECK (VALUE > 0)",
            "ALTER TYPE public.c RENAME ATTRIBUTE b TO z CASCADE;",
        ],
    ),
    (
        "a partitioned table with its partitions",
        [
            "CREATE TABLE p (id int PRIMARY KEY, a text) PARTITION BY RANGE (id); CREATE INDEX p_a ON p (a); \
             CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (5); CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM (5) TO (9)",
            "CREATE TABLE q (id int PRIMARY KEY, a text) PARTITION BY RANGE (id); CREATE INDEX q_a ON q (a); \
             CREATE TABLE q_1 PARTITION OF q FOR VALUES FROM (1) TO (5); CREATE TABLE q_2 PARTITION OF q FOR VALUES FROM (5) TO (9)",
            "ALTER TABLE public.p_2 RENAME TO q_2;",
        ],
    ),
    (
        "a partitioned table that moves with its partitions",
        [
            "CREATE SCHEMA s; CREATE TABLE p (id int PRIMARY KEY, a text) PARTITION BY RANGE (id); CREATE INDEX p_a ON p (a); \
             CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (5) PARTITION BY LIST (id); CREATE TABLE p_11 PARTITION OF p_1 DEFAULT",
            "CREATE SCHEMA s; CREATE TABLE s.p (id int PRIMARY KEY, a text) PARTITION BY RANGE (id); CREATE INDEX p_a ON s.p (a); \
             CREATE TABLE s.p_1 PARTITION OF s.p FOR VALUES FROM (1) TO (5) PARTITION BY LIST (id); CREATE TABLE s.p_11 PARTITION OF s.p_1 DEFAULT",
            "ALTER TABLE public.p_11 SET SCHEMA s;",
        ],
    ),
];

#[test]
fn what_only_gets_another_name_is_renamed() {
    every(RENAMES, |[before, after, rename]| {
        let script = Trial::of([before, after])?.there(&Options::default())?;
        if script.contains(rename) && !script.contains("DROP ") {
            Ok(())
        } else {
            Err(format!("no `{rename}` or a DROP\n{script}"))
        }
    });
}

#[test]
fn without_clear_evidence_nothing_is_renamed() {
    let two =
        ["CREATE VIEW a AS SELECT 1 AS x; CREATE VIEW b AS SELECT 1 AS x", "CREATE VIEW c AS SELECT 1 AS x"];
    let empty = ["CREATE SCHEMA a", "CREATE SCHEMA b"];
    let off = ["CREATE VIEW a AS SELECT 1 AS x", "CREATE VIEW c AS SELECT 1 AS x"];
    for (sides, renames) in [(two, Renames::Detect), (empty, Renames::Detect), (off, Renames::Off)] {
        let options = Options { renames, ..Options::default() };
        let script = Trial::of(sides).and_then(|trial| trial.there(&options)).unwrap();
        assert!(script.contains("DROP ") && !script.contains("RENAME"), "{script}");
    }
}

/// A case of the corpus, a part of each line that its statements are not to have, and the lines that may have it.
const REPLACED: &[(&str, (&str, &[&str]))] = &[
    ("combo/replaced_in_place", ("DROP ", &["DROP FUNCTION public.f();"])),
    ("partition/detached_keeps_its_index", ("index build", &[])),
];

#[test]
fn what_can_be_replaced_or_goes_on_is_not_made_again() {
    each(REPLACED.iter().map(|(case, _)| (*case).to_owned()).collect(), |case| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(case);
        let [before, after] =
            ["before.sql", "after.sql"].map(|file| std::fs::read_to_string(folder.join(file)).unwrap());
        let script = Trial::of([&before, &after])?.there(&Options::default())?;
        let known = REPLACED.iter().filter(|(other, _)| *other == case);
        known.map(|(_, shunned)| shunned).try_for_each(|(part, allowed)| {
            let found: Vec<&str> = script.lines().filter(|line| line.contains(part)).collect();
            if found == *allowed { Ok(()) } else { Err(format!("{found:?}\n{script}")) }
        })
    });
}

/// Before with its rows, after, a query, and what it returns after.
const ROWS: &[(&str, [&str; 4])] = &[
    (
        "a table becomes partitioned",
        [
            "CREATE TABLE t (id int, at date); INSERT INTO t SELECT n, date '2026-01-01' + n FROM generate_series(1, 40) n; \
             CREATE TABLE u (n int); CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t",
            "CREATE TABLE t (id int, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); \
             CREATE TABLE t_jan PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2026-02-01'); CREATE TABLE t_rest PARTITION OF t DEFAULT; \
             CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'; \
             CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g(); CREATE TABLE u (n int, at date, FOREIGN KEY (n, at) REFERENCES t); \
             CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t",
            "SELECT (SELECT count(*) FROM t_jan) || ' ' || (SELECT count(*) FROM t_rest) || ' ' || (SELECT n FROM m)",
            "30 10 40",
        ],
    ),
    (
        "a table is no longer partitioned, and one partition lives on",
        [
            "CREATE TABLE t (id int, x text) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1, 2); \
             CREATE TABLE t2 PARTITION OF t DEFAULT PARTITION BY RANGE (id); CREATE TABLE t21 PARTITION OF t2 DEFAULT; \
             INSERT INTO t SELECT n, n::text FROM generate_series(1, 10) n",
            "CREATE TABLE t (id bigint, x text); CREATE TABLE t1 (id int, x text)",
            "SELECT (SELECT count(*) FROM t) || ' ' || (SELECT count(*) FROM t1)",
            "8 2",
        ],
    ),
    (
        "another strategy, one partition stays under its name",
        [
            "CREATE TABLE t (id int, x text) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (6); \
             CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (6) TO (100); INSERT INTO t SELECT n, n::text FROM generate_series(1, 10) n",
            "CREATE TABLE t (id int, x text) PARTITION BY HASH (id); CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); \
             CREATE TABLE t9 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
            "SELECT count(*) || ' ' || count(DISTINCT id) || ' ' || count(DISTINCT tableoid) FROM t",
            "10 10 2",
        ],
    ),
    (
        "a partition is partitioned itself",
        [
            "CREATE TABLE t (id int, x text) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100); \
             INSERT INTO t SELECT n, n::text FROM generate_series(1, 10) n",
            "CREATE TABLE t (id int, x text) PARTITION BY RANGE (id); \
             CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100) PARTITION BY HASH (id); \
             CREATE TABLE t11 PARTITION OF t1 FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
            "SELECT (SELECT count(*) FROM t11)::text",
            "10",
        ],
    ),
    (
        "parents in another order",
        [
            "CREATE TABLE a (x int); CREATE TABLE b (y int); CREATE TABLE t (z int) INHERITS (a, b); INSERT INTO t VALUES (1, 2, 3)",
            "CREATE TABLE a (x int); CREATE TABLE b (y int); CREATE TABLE t (z int) INHERITS (b, a)",
            "SELECT x || ' ' || y || ' ' || z FROM t",
            "1 2 3",
        ],
    ),
];

#[test]
fn rows_go_over_where_the_new_definition_holds_them() {
    every(ROWS, |[before, after, query, wanted]| {
        let trial = Trial::of([before, after])?;
        let script = trial.there(&Options::default())?;
        let found = trial.before.text(query)?;
        let lost = script.contains("data loss");
        if found == *wanted && !lost { Ok(()) } else { Err(format!("{found}, not {wanted}\n{script}")) }
    });
}

#[test]
fn policies_that_hold_for_the_owner_hide_no_row_on_the_way() {
    let tables =
        |after: &str| format!("{after}; ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY");
    let plain = tables("CREATE TABLE t (a int, b text)");
    let typed = tables("CREATE TYPE c AS (a int, b text); CREATE TABLE t OF c");
    let split = tables(
        "CREATE TABLE t (a int, b text) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t DEFAULT",
    );
    for (before, after) in [(&plain, &typed), (&plain, &split), (&split, &plain)] {
        let trial = Trial::of([before, after]).unwrap();
        let script = trial.there(&Options::default()).unwrap();
        let at = |text: &str| script.find(text).unwrap_or_else(|| panic!("no `{text}` in\n{script}"));
        let (off, away) = (at("NO FORCE ROW LEVEL SECURITY"), at("CREATE TABLE public.t__former AS"));
        let (back, on) = (at("INSERT INTO public.t"), at("t FORCE ROW LEVEL SECURITY"));
        assert!(off < away && away < back && back < on, "{script}");
    }
}
