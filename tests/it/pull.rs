//! `crmdb schema pull`: the files of a schema, kept up to date.

use insta::assert_snapshot;

use crate::support::postgres::{Database, pg_dump};
use crate::support::project::Project;

const SHOP: &str = "CREATE SCHEMA shop; CREATE TYPE shop.state AS ENUM ('open', 'paid');
    CREATE TABLE shop.customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
    CREATE TABLE shop.orders (id serial PRIMARY KEY, customer_id bigint REFERENCES shop.customers,
                              state shop.state NOT NULL DEFAULT 'open');
    CREATE INDEX orders_by_state ON shop.orders (state);
    COMMENT ON TABLE shop.orders IS 'what was sold';
    CREATE VIEW shop.paid AS SELECT id FROM shop.orders WHERE state = 'paid';
    GRANT SELECT ON shop.paid TO PUBLIC;";

#[test]
fn the_files_follow_the_schema_and_say_when_they_are_stale() {
    let (database, project) = (Database::create(), Project::new());
    database.client().batch_execute(SHOP).unwrap();
    assert_snapshot!(project.run(&database, "schema pull schema --check"));
    assert_snapshot!(project.run(&database, "schema pull schema"));
    assert_snapshot!(project.run(&database, "schema pull schema --check"));
    let file = |path: &str| std::fs::read_to_string(project.path().join("schema").join(path)).unwrap();
    assert_snapshot!(file("400_tables/shop.orders.sql") + &file("600_foreign_keys/shop.orders.sql"));
    project.run(&database, "diff --from schema --to live").expect(0);
    let change = "DROP VIEW shop.paid; ALTER TABLE shop.orders ADD note text; CREATE SEQUENCE shop.tickets;";
    database.client().batch_execute(change).unwrap();
    std::fs::write(project.path().join("schema/notes.sql"), "-- ours\n").unwrap();
    assert_snapshot!(project.run(&database, "schema pull schema --check"));
    assert_snapshot!(project.run(&database, "schema pull schema --format json"));
    assert!(!project.path().join("schema/500_views").exists(), "the empty folder stays");
    project.run(&database, "diff --from schema --to live").expect(0);
}

#[test]
fn files_that_crmdb_did_not_write_are_never_written_over() {
    let (database, project) = (Database::create(), Project::new());
    database.client().batch_execute(SHOP).unwrap();
    let project = project.file("schema/400_tables/shop.orders.sql", "-- by hand\n");
    std::os::unix::fs::symlink("/", project.path().join("schema/500_views")).unwrap();
    assert_snapshot!(project.run(&database, "schema pull schema"));
    assert_snapshot!(project.run(&database, "schema pull schema --check"));
    let text = std::fs::read_to_string(project.path().join("schema/400_tables/shop.orders.sql")).unwrap();
    assert_eq!(text, "-- by hand\n");
    assert!(!project.path().join("schema/100_schemas").exists(), "something was written");
    let project = project.file("file", "");
    assert_snapshot!(project.run(&database, "schema pull file"));
}

#[test]
fn what_is_left_out_is_in_no_file() {
    let (database, project) = (Database::create(), Project::new());
    database.client().batch_execute(SHOP).unwrap();
    let line =
        "schema pull schema --schema shop --exclude *.customers --no-owner --no-privileges --no-comments";
    project.run(&database, line).expect(0);
    let mut text = String::new();
    for folder in std::fs::read_dir(project.path().join("schema")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            text += &std::fs::read_to_string(file.unwrap().path()).unwrap();
        }
    }
    assert!(text.contains("CREATE TABLE shop.orders"), "{text}");
    for left_out in ["OWNER", "GRANT", "COMMENT", "CREATE TABLE shop.customers"] {
        assert!(!text.contains(left_out), "{left_out}: {text}");
    }
    project.run(&database, &format!("{line} --check")).expect(0);
}

#[test]
fn the_shipped_modules_are_made_again_by_their_files() {
    let (origin, copy, project) = (Database::create(), Database::create(), Project::new());
    let shipped = format!("-C {} migrate up --no-verify", env!("CARGO_MANIFEST_DIR"));
    project.run(&origin, &shipped).expect(0);
    project.run(&origin, "schema pull schema").expect(0);
    let mut paths: Vec<_> = std::fs::read_dir(project.path().join("schema"))
        .unwrap()
        .flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    paths.sort();
    let tables = paths.iter().filter(|path| path.display().to_string().contains("/400_tables/")).count();
    assert!(tables > 100, "only {tables} tables were pulled");
    let mut client = copy.client();
    for path in paths {
        client.batch_execute("DISCARD ALL").unwrap();
        let loaded = client.batch_execute(&std::fs::read_to_string(&path).unwrap());
        loaded.unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
    }
    project.run(&copy, "schema pull schema --check").expect(0);
    // An array of constants of `IN` is printed in another way when its own text was read (PostgreSQL's ruleutils.c).
    let rephrased = |lines: Vec<String>| -> Vec<String> {
        lines
            .into_iter()
            .filter(|line| !line.contains("ANY (ARRAY[(") && !line.contains("ANY ((ARRAY["))
            .collect()
    };
    assert_eq!(rephrased(dump(&origin)), rephrased(dump(&copy)));
}

/// Returns what `pg_dump -s` says but for crmdb's own schema; what needs nothing of each other has no order.
fn dump(database: &Database<'_>) -> Vec<String> {
    let output = pg_dump().args(["-s", "-N", "crmdb", "-d", &database.url()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines: Vec<_> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    lines.retain(|line| !line.starts_with('\\'));
    lines.sort();
    lines
}
