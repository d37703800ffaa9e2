//! `crmdb seed --generate` through the binary against a real server.

use super::project::{Project, repository};

const HARD: &str = "\
CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]{2}-[0-9]{4}$');
CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE TABLE regions (id uuid PRIMARY KEY, code code NOT NULL UNIQUE, parent uuid REFERENCES regions, CHECK (parent <> id));
CREATE TABLE shops (
  region uuid REFERENCES regions, no integer, name varchar(12) NOT NULL, opened date NOT NULL, closed date,
  rate numeric(3,2) NOT NULL CHECK (rate > 0 AND rate < 5), tags text[], mood mood NOT NULL, moods mood[],
  doubled integer GENERATED ALWAYS AS (no * 2) STORED, seen timestamptz DEFAULT now(),
  PRIMARY KEY (region, no), UNIQUE (name), CHECK (closed >= opened)
);
CREATE UNIQUE INDEX one_open ON shops (region) WHERE closed IS NULL;
CREATE TABLE visits (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, region uuid NOT NULL, shop integer NOT NULL, email text, phone text,
  FOREIGN KEY (region, shop) REFERENCES shops, FOREIGN KEY (region) REFERENCES regions, CHECK (num_nonnulls(email, phone) = 1)
);
CREATE UNIQUE INDEX one_email ON visits (lower(email)) WHERE email IS NOT NULL;
CREATE TABLE managers (shop_region uuid, shop_no integer, UNIQUE (shop_region, shop_no), FOREIGN KEY (shop_region, shop_no) REFERENCES shops);
";

fn hard() -> Project {
    let project = Project::new();
    project.write("migrations/V2__hard.sql", HARD);
    project.write(
        "rollbacks/V2__hard.sql",
        "DROP TABLE managers, visits, shops, regions; DROP TYPE mood; DROP DOMAIN code;\n",
    );
    project.ok("migrate up");
    project
}

#[test]
fn all_shipped_systems_are_filled_twice_without_a_violated_constraint() {
    let project = repository();
    project.ok("migrate up");
    let first = project.ok("seed --generate 60");
    assert!(first.contains("made up 6720 rows in 112 tables"), "{first}");
    // The same numbers again: every key that they give is taken.
    let second = project.ok("seed --generate 60");
    assert!(second.contains("made up 6720 rows in 112 tables"), "{second}");
    let counts = project.row_counts();
    assert!(counts.values().all(|&rows| rows >= 120), "{counts:?}");
    let detail = "SELECT string_agg(detail, '; ') FROM crmdb.event WHERE kind = 'seed'";
    assert!(project.value(detail).starts_with("generated 6720 rows in 112 tables, seed 1; "));
}

#[test]
fn the_same_seed_makes_up_the_same_rows_on_any_database() {
    let rows = |arguments: &str| {
        let project = hard();
        project.ok(arguments);
        project.value("SELECT string_agg(t::text, '|' ORDER BY t::text) FROM (SELECT r.code, s.* FROM regions r JOIN shops s ON s.region = r.id) t")
    };
    let mine = |arguments: &str| rows(arguments).replace(char::is_whitespace, "");
    // `seen` has a made-up time too, so that nothing depends on the clock.
    assert_eq!(mine("seed --generate 40 --seed 7"), mine("seed --generate 40 --seed 7"));
    assert_ne!(mine("seed --generate 40 --seed 7"), mine("seed --generate 40 --seed 8"));
}

#[test]
fn constraints_of_every_kind_hold_and_references_find_their_rows() {
    let project = hard();
    project.ok("seed --generate 300 --table regions --table shops --table visits");
    for (what, sql) in [
        ("300", "SELECT count(*)::text FROM visits"),
        ("true", "SELECT (count(parent) > 0)::text FROM regions"),
        ("true", "SELECT (count(closed) BETWEEN 1 AND 299)::text FROM shops"),
        ("true", "SELECT bool_and(email LIKE '%@%.example')::text FROM visits"),
        ("2", "SELECT count(DISTINCT mood)::text FROM shops"),
    ] {
        assert_eq!(project.value(sql), what, "{sql}");
    }
}

#[test]
fn a_table_that_has_no_more_room_is_told() {
    let project = hard();
    project.ok("seed --generate 20 --table regions --table shops");
    // A manager may do without a shop, so only the keys that are set are bounded; a visit needs one.
    project.ok("seed --generate 50 --table managers");
    project.sql("CREATE TABLE one (shop uuid NOT NULL UNIQUE REFERENCES regions)");
    let text = project.run("seed --generate 50 --table one");
    assert!(text.contains("filled public.one  20 rows"), "{text}");
    assert!(
        text.contains("note: no more rows for public.one: there is no row left that `shop` could refer to"),
        "{text}"
    );
    assert!(text.ends_with("--- exit 1\n"), "{text}");
}

#[test]
fn rows_that_refer_to_themselves_and_columns_of_the_server_are_no_hindrance() {
    let project = hard();
    project.sql(
        "CREATE TABLE nodes (id integer PRIMARY KEY, root integer NOT NULL REFERENCES nodes);
         CREATE TABLE numbers (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
         CREATE TABLE nothing ();
         CREATE TABLE halves (id integer PRIMARY KEY, n integer NOT NULL, half integer GENERATED ALWAYS AS (n / 2) STORED,
           CHECK (half < 40))",
    );
    project.ok("seed --generate 30 --table nodes --table numbers --table nothing --table halves");
    for table in ["nodes", "numbers", "nothing", "halves"] {
        assert_eq!(project.value(&format!("SELECT count(*)::text FROM {table}")), "30", "{table}");
    }
    assert_eq!(project.value("SELECT (count(*) > 0)::text FROM nodes WHERE root <> id"), "true");
}

#[test]
fn what_can_not_be_filled_is_refused_or_told_by_the_server_and_leaves_nothing() {
    let project = hard();
    insta::assert_snapshot!(project.run("seed --generate 5 --table nowhere"), @r"
    --- stderr
    error: `nowhere` names no table of the modules, or several; nothing was changed
    hint: name it as the catalog does, `schema.table` where several have it
    --- exit 4
    ");
    project.sql("CREATE TABLE odd (n integer NOT NULL, CHECK (pg_catalog.sin(n) > 2))");
    insta::assert_snapshot!(project.run("seed --generate 5 --table regions --table odd"), @r#"
    --- stderr
    error: made-up rows of `public.odd` were refused: new row for relation "odd" violates check constraint "odd_n_check" (Failing row contains (555))
      the run was rolled back; nothing was changed
    hint: leave the table out by naming the others with `--table`
    --- exit 5
    "#);
    assert_eq!(project.value("SELECT count(*)::text FROM regions"), "0");
    project.sql("CREATE TABLE odder (n txid_snapshot NOT NULL)");
    insta::assert_snapshot!(project.run("seed --generate 5 --table odder"), @r"
    --- stderr
    error: no rows can be made up for `public.odder`: column `n` has type `txid_snapshot`, of which no value is known; nothing was changed
    hint: name other tables with `--table`
    --- exit 4
    ");
}

#[test]
fn the_json_of_made_up_rows_has_these_fields_and_no_others() {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "a mirror of the document: that every field is there is the test")]
    struct Document {
        format: u8,
        command: String,
        target: String,
        seed: u64,
        dry_run: bool,
        tables: Vec<Table>,
        duration_ms: u64,
    }
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "a mirror of the document: that every field is there is the test")]
    struct Table {
        table: String,
        rows: u64,
        stopped: Option<String>,
        duration_ms: f64,
    }
    let project = hard();
    let would: Document =
        serde_json::from_str(&project.ok("seed --generate 3 --dry-run --format json")).unwrap();
    assert!(would.dry_run && would.tables.len() == 8);
    assert_eq!(project.value("SELECT count(*)::text FROM regions"), "0");
    let done: Document = serde_json::from_str(&project.ok("seed --generate 3 --format json")).unwrap();
    assert!(!done.dry_run && done.tables.iter().all(|table| table.rows == 3));
}
