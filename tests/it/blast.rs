//! The blast radius: what `down`, `redo` and `up` show before data dies, and what they want to hear.

mod document;
mod recorded;

use insta::assert_snapshot;

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};

const TABLES: &str = "\
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE customers (id int PRIMARY KEY, name text, created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX customers_name_idx ON customers (name);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE, mood mood, total numeric(8,2));
CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42';
";
const DROP_TABLES: &str =
    "DROP FUNCTION answer();\nDROP TABLE orders;\nDROP TABLE customers;\nDROP TYPE mood;\n";
const CHANGES: &str = "\
ALTER TABLE customers ADD industry text;
ALTER TYPE mood ADD VALUE 'angry';
ALTER TABLE orders ALTER total TYPE numeric(10,4);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON orders USING (true);
CREATE VIEW glad AS SELECT id FROM orders WHERE mood = 'glad';
";
const BACK: &str = "\
DROP VIEW glad;
DROP POLICY mine ON orders;
ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
ALTER TABLE orders ALTER total TYPE numeric(8,2);
DELETE FROM customers WHERE id > 100;
ALTER TYPE mood RENAME TO mood_before;
CREATE TYPE mood AS ENUM ('glad', 'sad');
UPDATE orders SET mood = NULL WHERE mood::text = 'angry';
ALTER TABLE orders ALTER mood TYPE mood USING mood::text::mood;
DROP TYPE mood_before;
ALTER TABLE customers DROP industry;
";
const ROWS: &str = "\
INSERT INTO customers SELECT i, 'c' || i, now() - interval '1 day', CASE WHEN i % 2 = 0 THEN 'steel' END
  FROM generate_series(1, 10) AS i;
UPDATE customers SET created_at = now() + interval '1 day' WHERE id = 2;
INSERT INTO orders SELECT i, i % 10 + 1, CASE WHEN i % 4 = 0 THEN 'angry'::mood END, 3.1415
  FROM generate_series(1, 20) AS i;
";

fn crm() -> Project {
    Project::new()
        .migration("V1__tables.sql", TABLES)
        .rollback("V1__tables.sql", DROP_TABLES)
        .migration("V2__changes.sql", CHANGES)
        .rollback("V2__changes.sql", BACK)
}

/// A database whose server keeps no count of the rows written: it comes late, so no snapshot can have it.
fn uncounted() -> Database<'static> {
    let database = Server::shared().database();
    let off = format!("ALTER DATABASE {} SET track_counts = off", database.name());
    database.client().batch_execute(&off).unwrap();
    database
}

/// A project with one more migration than is applied, and rows.
fn filled() -> (Project, Database<'static>) {
    let (project, database) = (crm(), uncounted());
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute(ROWS).unwrap();
    (project, database)
}

fn number(database: &Database<'_>, sql: &str) -> i64 {
    database.client().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn down_shows_what_dies_and_wants_to_hear_that_it_shall() {
    let (project, database) = filled();
    assert_snapshot!(project.run(&database, "migrate down").expect(4));
    assert_snapshot!(project.run(&database, "migrate down --yes").expect(4));
    assert_eq!(number(&database, "SELECT count(industry) FROM customers"), 5);
    assert_snapshot!(project.run(&database, "migrate down --accept-data-loss=elsewhere").expect(4));
    let done = project.run(&database, "migrate down --accept-data-loss --reason ticket-7");
    assert_snapshot!(done.expect(0));
    let reasons = "SELECT count(*) FROM crmdb.event WHERE kind = 'down' AND detail = 'ticket-7'";
    assert_eq!(number(&database, reasons), 1);
    assert_snapshot!(project.run(&database, "migrate down --accept-data-loss").expect(0));
}

#[test]
fn a_dry_run_of_down_is_the_preview_alone() {
    let (project, database) = filled();
    assert_snapshot!(project.run(&database, "migrate down --all --dry-run").expect(0));
    assert_eq!(number(&database, "SELECT count(*) FROM orders"), 20);
}

#[test]
fn redo_wants_to_hear_it_too() {
    let (project, database) = filled();
    let refused = project.run(&database, "migrate redo").expect(4);
    assert!(refused.stderr.contains("column public.customers.industry: 5 values"), "{refused}");
    project.run(&database, "migrate redo --accept-data-loss").expect(0);
    assert_eq!(number(&database, "SELECT count(industry) FROM customers"), 0);
}

#[test]
fn nothing_is_asked_where_nothing_dies() {
    let (project, database) = (crm(), Server::shared().database());
    project.run(&database, "migrate up").expect(0);
    assert_snapshot!("tables_without_rows", project.run(&database, "migrate down").expect(0));
    let kind = BACK.replace("DELETE FROM customers WHERE id > 100;\n", "");
    let project = project.rollback("V2__changes.sql", &kind);
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute("INSERT INTO customers VALUES (1, 'only here')").unwrap();
    assert_snapshot!("a_column_without_values", project.run(&database, "migrate down").expect(0));
    assert_eq!(number(&database, "SELECT count(*) FROM customers"), 1);
}

#[test]
fn a_renamed_table_loses_nothing_and_one_made_again_loses_all() {
    let database = uncounted();
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i int);\nCREATE TABLE b (i int);\n")
        .migration("V2__rename.sql", "ALTER TABLE a RENAME TO c;\nALTER TABLE b RENAME i TO j;\n")
        .rollback("V2__rename.sql", "ALTER TABLE c RENAME TO a;\nALTER TABLE b RENAME j TO i;\n")
        .migration("V3__again.sql", "SELECT 1;\n")
        .rollback(
            "V3__again.sql",
            "DROP TABLE c;\nCREATE TABLE c (i int);\nDO $$ BEGIN TRUNCATE b; END $$;\n",
        );
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute("INSERT INTO c VALUES (1); INSERT INTO b VALUES (1), (2)").unwrap();
    assert_snapshot!(project.run(&database, "migrate down").expect(4));
    database.client().batch_execute("DELETE FROM crmdb.migration WHERE version = 3").unwrap();
    project.run(&database, "migrate down").expect(0);
    assert_eq!(number(&database, "SELECT count(*) FROM a"), 1);
}

#[test]
fn a_protected_target_wants_the_flag_the_name_and_a_reason() {
    let (project, database) = filled();
    let protected = project.file("schema.toml", "[database]\nprotected = true\n");
    let name = database.name();
    let refused = |line: &str, words: &str| {
        let output = protected.run(&database, line).expect(4);
        assert!(output.stderr.contains(words), "{output}");
        output
    };
    assert_snapshot!(refused("migrate down --accept-data-loss", "no reason is given"));
    refused("migrate down --reason ticket-7", "and the target is protected");
    refused(
        "migrate down --accept-data-loss --reason ticket-7",
        "data would go, and be kept in the schema `crmdb_rescue_1`",
    );
    let line = format!("migrate down --accept-data-loss={name} --reason ticket-7");
    protected.run(&database, &line).expect(0);
}

#[test]
fn a_database_says_itself_that_it_is_protected() {
    let (project, database) = filled();
    let protect = format!("ALTER DATABASE {} SET crmdb.protected = 'on'", database.name());
    database.client().batch_execute(&protect).unwrap();
    let output = project.run(&database, "migrate down --accept-data-loss").expect(4);
    assert!(output.stderr.contains("the target is protected"), "{output}");
}

#[test]
fn what_is_not_counted_in_time_is_estimated_and_said_to_be() {
    let (project, database) = filled();
    database.client().batch_execute("ANALYZE customers").unwrap();
    let output = project.run(&database, "migrate down --count-budget 0ms --dry-run").expect(0);
    for line in [
        "column public.customers.industry: about 5 values, 30 bytes (the time for counting was over)",
        "in public.orders.mood: nobody knows how many rows (the time for counting was over)",
        "rows of public.customers: about 10 rows",
    ] {
        assert!(output.stdout.contains(line), "{line}\n{output}");
    }
}

#[test]
fn without_a_shadow_server_nothing_is_known_and_nothing_goes() {
    let (project, database) = filled();
    let run = |line: &str| {
        let mut command = project.command(&database.url(), line);
        command.env("CRMDB_PG_BIN", "/nonexistent");
        Output::new(line, command.output().unwrap())
    };
    assert_snapshot!(run("migrate down").expect(4));
    run("migrate down --accept-data-loss").expect(0);
}

#[test]
fn a_rollback_that_fails_is_known_before_it_runs() {
    let (project, database) = filled();
    let project =
        project.rollback("V2__changes.sql", "ALTER TABLE customers DROP industry;\nDROP TABLE nowhere;\n");
    assert_snapshot!(project.run(&database, "migrate down --from-files").expect(4));
}

#[test]
fn where_no_column_tells_the_statistics_tell_what_was_written() {
    let (project, database) = (crm(), Server::shared().database());
    project.run(&database, "migrate up").expect(0);
    let mut writer = database.client();
    writer.batch_execute("INSERT INTO orders SELECT generate_series(1, 7)").unwrap();
    writer
        .batch_execute("UPDATE orders SET total = 1 WHERE id < 3; SELECT pg_stat_force_next_flush()")
        .unwrap();
    writer.batch_execute("SELECT 1").unwrap();
    let output = project.run(&database, "migrate down --all --dry-run").expect(0);
    let line = "table public.orders: 7 rows, 24 kB, 9 written or updated since the statistics began";
    assert!(output.stdout.contains(line), "{output}");
}

#[test]
fn who_uses_the_tables_now_is_named() {
    let (project, database) = filled();
    let mut reader = database.client();
    reader
        .batch_execute("SET application_name = 'nightly report'; BEGIN; SELECT count(*) FROM orders")
        .unwrap();
    let output = project.run(&database, "migrate down --dry-run").expect(0);
    let line = "of role `postgres` from local, `nightly report` holds ACCESS SHARE on public.orders: idle in transaction, for ";
    assert!(output.stdout.contains(line), "{output}");
    reader.batch_execute("ROLLBACK").unwrap();
}

#[test]
fn up_asks_before_it_destroys_and_not_otherwise() {
    let (project, database) = filled();
    let project =
        project.migration("V3__more.sql", "CREATE TABLE more (i int);\nUPDATE customers SET name = '';\n");
    project.run(&database, "migrate up").expect(0);
    let project = project.migration("V4__less.sql", "ALTER TABLE customers DROP COLUMN industry;\n");
    assert_snapshot!(project.run(&database, "migrate up").expect(4));
    assert_eq!(number(&database, "SELECT count(*) FROM crmdb.migration"), 3);
    let done = project.run(&database, "migrate up --accept-data-loss").expect(0);
    assert!(done.stderr.contains("industry: 5 values"), "{done}");
}

#[test]
fn values_that_a_type_holds_do_not_die_and_those_that_are_computed_anew_do() {
    let table = "CREATE TABLE t (v varchar(5), n numeric(4,2), i int, x text, m text);\nINSERT INTO t VALUES ('v', 1, 2, 'x', 'm');\n";
    let wider = "ALTER TABLE t ALTER v TYPE varchar(9), ALTER n TYPE numeric(8,2), ALTER i TYPE bigint USING i::bigint;\n";
    let computed = "ALTER TABLE t RENAME x TO y;\nALTER TABLE t ALTER y TYPE text USING upper(y), ALTER i TYPE bigint USING 0, ALTER m TYPE varchar(9);\n";
    let project = Project::new().migration("V1__t.sql", table).migration("V2__wider.sql", wider);
    let database = Database::create();
    project.run(&database, "migrate up").expect(0);
    let output = project.migration("V3__computed.sql", computed).run(&database, "migrate up").expect(4);
    for lost in [
        "column public.t.i, computed anew: 1 value",
        "column public.t.m, from text to character varying(9): 1 value",
        "column public.t.x, computed anew: 1 value",
    ] {
        assert!(output.stderr.contains(lost), "{output}");
    }
}

#[test]
fn the_name_of_the_database_is_typed_on_a_terminal() {
    let (project, database) = filled();
    let typed = |text: &str| project.on_a_terminal(&database, "migrate down", &format!("{text}\n"));
    let (code, text) = typed("something");
    assert!(code == Some(4) && text.contains("type the name of the database to go on"), "{text}");
    assert!(text.contains("that is not its name"), "{text}");
    let (code, text) = typed(database.name());
    assert_eq!(code, Some(0), "{text}");
}
