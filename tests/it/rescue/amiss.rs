//! What can go wrong: rows that do not fit, runs that are killed, migrations whose losses can't be kept.

use std::process::Stdio;
use std::time::Duration;

use insta::assert_snapshot;

use super::{Report, filled, rows, schemas, value};
use crate::json::read;
use crate::support::postgres::{Server, wait_until};
use crate::support::project::Project;

#[test]
fn what_does_not_fit_is_told_and_stays() {
    let (project, database) = filled();
    project.run(&database, "migrate down --all --rescue --accept-data-loss").expect(0);
    let early = project.run(&database, "rescue restore").expect(1);
    assert!(
        early.stdout.contains(
            "waits     table public.orders: there is no table public.orders: it comes with the migration"
        ),
        "{early}"
    );
    project.run(&database, "migrate up").expect(0);
    let since = "INSERT INTO customers (id, name) VALUES (2, 'another'); \
                 ALTER TABLE orders ADD CHECK (id <> 3); ALTER TABLE notes ALTER note TYPE int USING NULL; \
                 UPDATE settings SET value = 'red' WHERE key = 'colour'; ALTER TABLE base RENAME i TO k";
    database.client().batch_execute(since).unwrap();
    assert_snapshot!(project.run(&database, "rescue restore").expect(1));
    let count = |table: &str| value(&database, &format!("SELECT count(*)::text FROM {table}"));
    assert_eq!(
        (count("customers"), count("orders"), count("people")),
        ("10".into(), "19".into(), "2".into())
    );
    assert_eq!(value(&database, "SELECT name FROM customers WHERE id = 2"), "another!");
    assert_eq!(value(&database, "SELECT count(industry)::text FROM customers WHERE id = 2"), "0");
    // Once more is harmless.
    let before = rows(&database, &["customers", "orders", "notes", "settings"]);
    let again: Report = read(&project.run(&database, "rescue restore --format json").expect(1));
    let unfit: Vec<&str> = again.rescues[0]
        .items
        .iter()
        .filter(|item| item.unfit > 0 && item.waits.is_none())
        .map(|item| item.what.as_str())
        .collect();
    assert!(unfit.contains(&"table public.customers") && unfit.contains(&"table public.orders"), "{again:?}");
    assert_eq!(rows(&database, &["customers", "orders", "notes", "settings"]), before);
    let refused = project.run(&database, "rescue drop 1 --yes").expect(4);
    assert!(refused.stderr.contains("kept data would be lost"), "{refused}");
    project.run(&database, "rescue drop 1 --accept-data-loss").expect(0);
    assert_eq!(schemas(&database), "");
    project.run(&database, "rescue restore 1").expect(2);
    project.run(&database, "rescue restore 7").expect(2);
}

/// Kills the run while it waits for a lock that another session holds on `table`.
fn killed_at(project: &Project, database: &crate::support::postgres::Database<'_>, table: &str) {
    let mut holder = database.client();
    holder.batch_execute(&format!("BEGIN; LOCK TABLE {table} IN ACCESS SHARE MODE")).unwrap();
    let line = "migrate down --all --rescue --accept-data-loss --lock-timeout 1h --count-budget 0ms";
    let mut command = project.command(&database.url(), line);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let waits =
        format!("SELECT count(*)::text FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass");
    wait_until("the run waits", Duration::from_secs(300), || value(database, &waits) == "1");
    child.kill().unwrap();
    child.wait().unwrap();
    holder.batch_execute("ROLLBACK").unwrap();
}

#[test]
fn a_killed_rollback_keeps_exactly_what_it_destroyed() {
    let (project, database) = filled();
    let before = rows(&database, &super::NAMES);
    // In the first step: as if it had never been.
    killed_at(&project, &database, "logs");
    wait_until("the server lets go", Duration::from_secs(20), || {
        value(
            &database,
            "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'",
        ) == "1"
    });
    assert_eq!(rows(&database, &super::NAMES), before);
    assert_eq!(schemas(&database), "");
    // In the second: the first is committed, and so is what it kept.
    killed_at(&project, &database, "people");
    wait_until("the server lets go", Duration::from_secs(20), || {
        value(
            &database,
            "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'",
        ) == "1"
    });
    assert_eq!(schemas(&database), "crmdb_rescue_1");
    assert_eq!(value(&database, "SELECT count(DISTINCT migration)::text FROM crmdb.rescue_item"), "1");
    project.run(&database, "migrate down --all --rescue --accept-data-loss").expect(0);
    assert_eq!(schemas(&database), "crmdb_rescue_1 crmdb_rescue_2");
    project.run(&database, "migrate up").expect(0);
    project.run(&database, "rescue restore").expect(0);
    assert_eq!(rows(&database, &super::NAMES), before);
}

#[test]
fn what_can_not_be_kept_is_refused_with_the_way_out() {
    let database = Server::shared().database();
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i int PRIMARY KEY);\nCREATE TABLE b (i int PRIMARY KEY);\n")
        .rollback("V1__a.sql", "-- crmdb: no-transaction\nDROP TABLE a;\nDROP TABLE b;\n");
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute("INSERT INTO a VALUES (1)").unwrap();
    assert_snapshot!(project.run(&database, "migrate down --rescue --accept-data-loss").expect(4));
    assert_eq!(value(&database, "SELECT count(*)::text FROM a"), "1");
    project.run(&database, "migrate down --accept-data-loss").expect(0);
}

#[test]
fn a_migration_that_guards_its_rows_is_not_deceived() {
    let database = Server::shared().database();
    let guarded = "DO $$ BEGIN IF EXISTS (SELECT FROM a) THEN RAISE EXCEPTION 'a holds rows'; END IF; DROP TABLE a; END $$;\n";
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i int PRIMARY KEY);\n")
        .rollback("V1__a.sql", guarded);
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute("INSERT INTO a VALUES (1)").unwrap();
    let failed = project.run(&database, "migrate down --rescue --accept-data-loss").expect(5);
    assert!(failed.stderr.contains("a holds rows"), "{failed}");
    assert_eq!(value(&database, "SELECT count(*)::text FROM a"), "1");
}
