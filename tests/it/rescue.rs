//! The rescue: what dies is kept first, in the same transaction, and comes back after the next `up`.

mod amiss;
mod folders;
mod homes;

use insta::assert_snapshot;
use serde::Deserialize;

use crate::json::read;
use crate::support::postgres::{Database, Server};
use crate::support::project::Project;

/// A rescue as programs read it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the mirror is strict about fields that no test compares")]
pub(crate) struct Rescue {
    pub(crate) id: i64,
    place: String,
    folder: Option<String>,
    host: Option<String>,
    trouble: Option<String>,
    made_at: String,
    made_by: String,
    reason: Option<String>,
    keep_until: String,
    over: bool,
    restored_at: Option<String>,
    rows: u64,
    bytes: u64,
    items: Vec<Kept>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the mirror is strict about fields that no test compares")]
struct Kept {
    what: String,
    place: String,
    checksum: Option<String>,
    way: String,
    rows: i64,
    bytes: i64,
    restored_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the mirror is strict about fields that no test compares")]
struct List {
    format: u8,
    command: String,
    target: String,
    rescues: Vec<Rescue>,
    strays: Vec<Stray>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stray {
    path: String,
    what: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the mirror is strict about fields that no test compares")]
struct Report {
    format: u8,
    command: String,
    target: String,
    rescues: Vec<Restored>,
    duration_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Restored {
    id: i64,
    items: Vec<RestoredItem>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the mirror is strict about fields that no test compares")]
struct RestoredItem {
    what: String,
    put: u64,
    there: u64,
    unfit: u64,
    samples: Vec<Sample>,
    missing: Vec<String>,
    waits: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the mirror is strict about fields that no test compares")]
struct Sample {
    row: String,
    why: String,
}

/// Every way in which a rollback takes data: tables that are dropped, with an enum, in a ring, partitioned, inherited,
/// without a key; columns dropped and converted; an enum value; rows deleted, with those that follow; updated; truncated.
const TABLES: &str = "\
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, boss int REFERENCES customers,
  created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE,
  mood mood, total numeric(8,2), doubled numeric GENERATED ALWAYS AS (id * 2) STORED);
CREATE TABLE notes (note text, n int, payload json, at int4range);
CREATE TABLE teams (id int PRIMARY KEY, lead int NOT NULL);
CREATE TABLE people (id int PRIMARY KEY, team int NOT NULL REFERENCES teams);
ALTER TABLE teams ADD FOREIGN KEY (lead) REFERENCES people DEFERRABLE;
CREATE TABLE visits (day date, who int, PRIMARY KEY (day, who)) PARTITION BY RANGE (day);
CREATE TABLE visits_old PARTITION OF visits FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE base (i int);
CREATE TABLE derived (j int) INHERITS (base);
CREATE TABLE settings (key text PRIMARY KEY, value text);
INSERT INTO settings VALUES ('colour', 'blue'), ('size', 'small');
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := NEW.name || ''!''; RETURN NEW; END';
CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION shout();
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON notes USING (n > 0);
";
const DROP_TABLES: &str = "\
DROP TABLE settings;
DROP TABLE derived;
DROP TABLE base;
DROP TABLE visits;
ALTER TABLE teams DROP CONSTRAINT teams_lead_fkey;
DROP TABLE people, teams;
DROP TABLE notes;
DROP TABLE orders;
DROP TABLE customers;
DROP FUNCTION shout();
DROP TYPE mood;
";
const CHANGES: &str = "\
ALTER TABLE customers ADD industry text;
ALTER TYPE mood ADD VALUE 'angry';
ALTER TABLE orders ALTER total TYPE numeric(10,4);
CREATE TABLE logs (line text);
";
const BACK: &str = "\
ALTER TABLE orders ALTER total TYPE numeric(8,2);
DELETE FROM customers WHERE id > 8;
DELETE FROM notes WHERE n = 1;
UPDATE settings SET value = 'none' WHERE key = 'size';
ALTER TYPE mood RENAME TO mood_before;
CREATE TYPE mood AS ENUM ('glad', 'sad');
UPDATE orders SET mood = NULL WHERE mood::text = 'angry';
ALTER TABLE orders ALTER mood TYPE mood USING mood::text::mood;
DROP TYPE mood_before;
ALTER TABLE customers DROP industry;
TRUNCATE visits;
DROP TABLE logs;
";
const ROWS: &str = "\
INSERT INTO customers (name, boss, industry)
  SELECT 'c' || i, CASE WHEN i > 1 THEN i - 1 END, CASE WHEN i % 2 = 0 THEN 'steel' END FROM generate_series(1, 10) AS i;
INSERT INTO orders (customer, mood, total)
  SELECT i % 10 + 1, CASE WHEN i % 4 = 0 THEN 'angry'::mood END, 3.1415 FROM generate_series(1, 20) AS i;
INSERT INTO notes SELECT 'x', i % 3, '{\"b\": 1,  \"a\": 2}', int4range(i, 9) FROM generate_series(1, 6) AS i;
INSERT INTO notes VALUES ('same', 2), ('same', 2), (NULL, NULL);
BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO teams VALUES (1, 1), (2, 2); INSERT INTO people VALUES (1, 2), (2, 1); COMMIT;
INSERT INTO visits SELECT '2020-01-01'::date + i, i FROM generate_series(1, 5) AS i;
INSERT INTO base VALUES (1), (2); INSERT INTO derived VALUES (3, 4);
UPDATE settings SET value = 'green' WHERE key = 'colour'; UPDATE settings SET value = 'large' WHERE key = 'size';
INSERT INTO logs VALUES ('one'), ('two');
";
const NAMES: [&str; 9] =
    ["customers", "orders", "notes", "teams", "people", "visits", "base", "settings", "logs"];

pub(crate) fn crm() -> Project {
    Project::new()
        .migration("V1__tables.sql", TABLES)
        .rollback("V1__tables.sql", DROP_TABLES)
        .migration("V2__changes.sql", CHANGES)
        .rollback("V2__changes.sql", BACK)
}

/// A project that is applied, with rows.
fn filled() -> (Project, Database<'static>) {
    let (project, database) = (crm(), Server::shared().database());
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute(ROWS).unwrap();
    (project, database)
}

/// Returns the rows of the tables as text, in an order of their own.
fn rows(database: &Database<'_>, tables: &[&str]) -> Vec<String> {
    let mut client = database.client();
    let text = |table: &&str| {
        let sql = format!(
            "SELECT '{table}: ' || coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') FROM {table} AS t"
        );
        client.query_one(&sql, &[]).unwrap().get(0)
    };
    tables.iter().map(text).collect()
}

fn value(database: &Database<'_>, sql: &str) -> String {
    database.client().query_one(sql, &[]).unwrap().get(0)
}

/// Returns what of the database is crmdb's and is not the ledger.
fn schemas(database: &Database<'_>) -> String {
    value(
        database,
        "SELECT coalesce(string_agg(nspname, ' ' ORDER BY nspname), '') FROM pg_namespace WHERE nspname ~ '^crmdb_'",
    )
}

#[test]
fn what_a_rollback_destroys_comes_back_row_by_row() {
    let (project, database) = filled();
    let before = rows(&database, &NAMES);
    let done =
        project.run(&database, "migrate down --all --rescue --accept-data-loss --reason ticket-7").expect(0);
    assert_snapshot!("taken_back", done);
    assert_snapshot!("listed", project.run(&database, "rescue list").expect(0));
    let status = project.run(&database, "status").expect(0);
    assert!(status.stdout.contains("put it back with `crmdb rescue restore 1`"), "{status}");
    // The shadow knows nothing of the rescue, and the contract neither.
    project.run(&database, "diff --from live --to migrations").expect(1);
    project.run(&database, "migrate up").expect(0);
    project.run(&database, "diff --from live --to migrations").expect(0);
    project.run(&database, "verify").expect(0);
    assert_snapshot!("put_back", project.run(&database, "rescue restore").expect(0));
    assert_eq!(rows(&database, &NAMES), before);
    let again = project.run(&database, "rescue restore").expect(0);
    assert!(again.stdout.starts_with("nothing waits to be put back"), "{again}");
    assert_eq!(rows(&database, &NAMES), before);
    let next = "INSERT INTO customers (name) VALUES ('next') RETURNING id || name";
    assert_eq!(value(&database, next), "11next!");
    assert_eq!(value(&database, "INSERT INTO orders DEFAULT VALUES RETURNING id::text"), "21");
    project.run(&database, "rescue drop").expect(4);
    assert_snapshot!("dropped", project.run(&database, "rescue drop --yes").expect(0));
    assert_eq!(schemas(&database), "");
    let kinds = "SELECT string_agg(kind, ' ' ORDER BY id) FROM crmdb.event WHERE kind ~ 'res'";
    assert_eq!(value(&database, kinds), "rescue rescue restore rescue-drop");
    assert!(project.run(&database, "history").expect(0).stdout.contains("crmdb_rescue_1"));
}

#[test]
fn two_rollbacks_come_back_in_the_right_order() {
    let (project, database) = filled();
    let before = rows(&database, &NAMES);
    for _ in 0..2 {
        project.run(&database, "migrate down --rescue --accept-data-loss --from-ledger").expect(0);
    }
    project.run(&database, "migrate up").expect(0);
    let restored: Report = read(&project.run(&database, "rescue restore --format json").expect(0));
    assert_eq!(restored.rescues.iter().map(|rescue| rescue.id).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(rows(&database, &NAMES), before);
    let list: List = read(&project.run(&database, "rescue list --format json").expect(0));
    assert!(list.rescues.iter().all(|rescue| rescue.restored_at.is_some() && !rescue.over), "{list:?}");
}

#[test]
fn a_protected_target_keeps_what_dies_unless_it_is_told_not_to() {
    let (project, database) = filled();
    let project = project.file("schema.toml", "[database]\nprotected = true\n[rescue]\nkeep = \"2w\"\n");
    let flags = format!("--accept-data-loss={} --reason ticket-7", database.name());
    let refused = project.run(&database, "migrate redo").expect(4);
    assert!(
        refused.stderr.contains("what is kept, in the schema `crmdb_rescue_1` for 14 days:"),
        "{refused}"
    );
    assert!(
        refused.stderr.contains("data would go, and be kept in the schema `crmdb_rescue_1`"),
        "{refused}"
    );
    project.run(&database, &format!("migrate redo {flags} --no-rescue")).expect(0);
    assert_eq!(schemas(&database), "");
    database.client().batch_execute("UPDATE customers SET industry = 'wood'").unwrap();
    let redone: crate::json::Ran =
        read(&project.run(&database, &format!("migrate redo {flags} --format json")).expect(0));
    let kept = redone.rescue.unwrap();
    assert_eq!((kept.id, kept.reason.as_deref()), (1, Some("ticket-7")));
    let days = "SELECT extract(day FROM keep_until - made_at)::text FROM crmdb.rescue";
    assert_eq!(value(&database, days), "14");
    assert_eq!(value(&database, "SELECT count(industry)::text FROM customers"), "0");
    project.run(&database, "rescue restore").expect(0);
    assert_eq!(value(&database, "SELECT count(industry)::text FROM customers"), "8");
    project.run(&database, "rescue drop 1 --yes").expect(0);
}

#[test]
fn an_up_that_destroys_is_rescued_too() {
    let (project, database) = filled();
    let project = project
        .migration("V3__less.sql", "ALTER TABLE customers DROP industry;\nUPDATE orders SET total = 0;\n")
        .rollback("V3__less.sql", "ALTER TABLE customers ADD industry text;\n");
    let up = project.run(&database, "migrate up --rescue --rescue-keep 3d --accept-data-loss").expect(0);
    assert!(up.stdout.contains("kept      5 rows and values in crmdb_rescue_1"), "{up}");
    // When its time is over it is told, and stays until somebody drops it.
    let times = "SELECT extract(day FROM keep_until - made_at)::text FROM crmdb.rescue";
    assert_eq!(value(&database, times), "3");
    let over = "UPDATE crmdb.rescue SET keep_until = '2026-01-02 03:04Z'";
    database.client().batch_execute(over).unwrap();
    for line in ["status", "rescue list"] {
        let told = project.run(&database, line).expect(0);
        assert!(told.stdout.contains("was to be kept until 2026-01-02 03:04Z"), "{told}");
    }
    let list: List = read(&project.run(&database, "rescue list --format json").expect(0));
    assert!(list.rescues[0].over, "{list:?}");
    project.run(&database, "migrate down --yes").expect(0);
    project.run(&database, "rescue restore 1").expect(0);
    assert_eq!(value(&database, "SELECT count(industry)::text FROM customers"), "5");
}

#[test]
fn a_large_table_is_moved_without_reading_it() {
    let database = Server::shared().database();
    let project = Project::new()
        .migration("V1__big.sql", "CREATE TABLE big (id int PRIMARY KEY, filler text);\nALTER TABLE big ALTER filler SET STORAGE PLAIN;\n")
        .rollback("V1__big.sql", "DROP TABLE big;\n");
    project.run(&database, "migrate up").expect(0);
    let fill = "INSERT INTO big SELECT i, repeat('x', 8000) FROM generate_series(1, 26000) AS i; ANALYZE big";
    database.client().batch_execute(fill).unwrap();
    let file = |name: &str| {
        value(
            &database,
            &format!("SELECT pg_relation_filepath('{name}') || ' ' || pg_relation_size('{name}')"),
        )
    };
    let before = file("big");
    assert!(before.split(' ').nth(1).unwrap().parse::<u64>().unwrap() >= 200 << 20);
    let scans =
        "SELECT (seq_scan + coalesce(idx_scan, 0))::text FROM pg_stat_all_tables WHERE relname = 'big'";
    let scanned = value(&database, scans);
    project.run(&database, "migrate down --rescue --accept-data-loss --count-budget 0ms").expect(0);
    assert_eq!(file("crmdb_rescue_1.big"), before);
    let kept = "SELECT rows::text FROM crmdb.rescue_item";
    assert_eq!(value(&database, kept), "26000");
    assert_eq!(value(&database, scans), scanned);
}

#[test]
fn nothing_is_kept_where_nothing_dies() {
    let (project, database) = (crm(), Server::shared().database());
    for line in ["rescue drop", "rescue drop --yes"] {
        let nothing = project.run(&database, line).expect(0);
        assert!(nothing.stdout.starts_with("nothing is kept on "), "{nothing}");
    }
    project.run(&database, "migrate up").expect(0);
    let down = project.run(&database, "migrate down --all --rescue --accept-data-loss").expect(0);
    let (_, kept) = down.stderr.split_once("what is kept, in ").unwrap();
    assert!(
        kept.contains("  table public.settings: moved") && !kept.contains("table public.orders:"),
        "{down}"
    );
    assert!(!kept.contains("column public.customers.industry:"), "{down}");
    // The two rows that the migration itself made are all there is.
    let list: List = read(&project.run(&database, "rescue list --format json").expect(0));
    let kept: Vec<&str> = list.rescues[0].items.iter().map(|item| item.what.as_str()).collect();
    assert_eq!(kept, ["changed rows of public.settings", "table public.settings"]);
    let waits = project.run(&database, "rescue drop --yes").expect(0);
    assert!(
        waits.stdout.contains("what is kept waits to be put back; name its number to drop it"),
        "{waits}"
    );
    project.run(&database, "migrate up").expect(0);
    project.run(&database, "rescue restore").expect(0);
    assert_eq!(rows(&database, &["settings"]), ["settings: (colour,blue) (size,small)"]);
}
