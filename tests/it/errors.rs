//! What is said when a command can't do its work: one snapshot a case, text, exit code and JSON together.

use insta::assert_snapshot;

use crate::support::postgres::Server;
use crate::support::project::Project;

#[test]
fn wrong_files_are_all_named_before_any_connection() {
    let project = Project::new()
        .migration("V1__a.sql", "SELECT 1;\n")
        .migration("V01__b.sql", "SELECT 1;\n")
        .migration("V2__a-b.sql", "SELECT 1;\n")
        .migration("U3__u.sql", "SELECT 1;\n")
        .migration("V1.5__f.sql", "SELECT 1;\n")
        .migration("notes.txt", "")
        .migration("README.md", "")
        // It has a migration, which can't be read.
        .rollback("V4__latin.sql", "SELECT 1;\n")
        .rollback("V9__gone.sql", "SELECT 1;\n");
    std::fs::write(project.path().join("migrations/V4__latin.sql"), b"SELECT 1;\n-- caf\xe9\n").unwrap();
    assert_snapshot!(project.run_at("postgresql://127.0.0.1:1/x", "migrate up").expect(2));
    assert_snapshot!(project.run_at("postgresql://127.0.0.1:1/x", "migrate up --format json").expect(2));
}

#[test]
fn modules_that_can_not_be_are_named() {
    let project = Project::new()
        .file("schema.toml", "[modules.a]\ndepends_on = ['b']\n[modules.b]\ndepends_on = ['a']\nschema = 'pg_b'\n[modules.c]\n")
        .migration("a/V1__a.sql", "")
        .migration("b/V1__b.sql", "")
        .migration("b/deep/V1__b.sql", "");
    assert_snapshot!(project.run_at("postgresql://127.0.0.1:1/x", "migrate up").expect(2));
    let mixed = Project::new().migration("a/V1__a.sql", "").migration("V1__a.sql", "");
    assert_snapshot!(mixed.run_at("postgresql://127.0.0.1:1/x", "migrate up").expect(2));
    let manifest = Project::new().file("schema.toml", "[ledger]\nstore = true\n");
    assert_snapshot!(manifest.run_at("postgresql://127.0.0.1:1/x", "status").expect(2));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_project_is_refused() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    let project = Project::new();
    std::os::unix::fs::symlink(outside.path(), project.path().join("migrations/V1__a.sql")).unwrap();
    assert_snapshot!(project.run_at("postgresql://127.0.0.1:1/x", "status").expect(2));
}

#[test]
fn no_project_no_server_no_sense() {
    let project = Project::new();
    std::fs::remove_dir(project.path().join("migrations")).unwrap();
    let output = project.run_at("postgresql://127.0.0.1:1/x", "migrate up").expect(2);
    assert!(output.stderr.contains("hint: make one with `crmdb init`"), "{output}");
    let project = Project::new().migration("V1__a.sql", "SELECT 1;\n");
    assert_snapshot!(project.run_at("postgresql://127.0.0.1:1/x", "migrate up").expect(3));
    assert_snapshot!(project.run_at("postgresql://127.0.0.1:1/x", "migrate up --format json").expect(3));
    assert_snapshot!(project.run_at("postgresql://127.0.0.1/x?sslmod=require", "status").expect(2));
    assert_snapshot!(project.run_at("postgresql://127.0.0.1:1/x", "migrate up --lock-wait 2").expect(2));
    assert_snapshot!(project.run_at("postgresql://127.0.0.1:1/x", "migrate sideways").expect(2));
    assert_snapshot!(project.run_at("postgresql://127.0.0.1:1/x", "status --project nowhere").expect(2));
    let short = project.run_at("postgresql://127.0.0.1:1/x", "down --to 1").expect(2);
    assert!(short.stderr.contains("tip: a similar subcommand exists: 'migrate down'"), "{short}");
    let named = project.run_at("postgresql://127.0.0.1:1/x", "rescue restore last").expect(2);
    assert!(named.stderr.contains("a rescue has a number, which `crmdb rescue list` shows"), "{named}");
}

#[test]
fn a_ledger_of_a_later_crmdb_is_left_alone() {
    let database = Server::shared().database();
    let project = Project::new().migration("V1__a.sql", "SELECT 1;\n");
    project.run(&database, "migrate up").expect(0);
    let later = "INSERT INTO crmdb.ledger_version VALUES (1000, 'later', '2030-01-01T00:00:00Z', '1')";
    database.client().batch_execute(later).unwrap();
    let output = project.run(&database, "migrate up").expect(4);
    assert!(output.stderr.contains("has version 1000, and this crmdb knows versions up to"), "{output}");
}

#[test]
fn a_name_that_is_no_identifier_is_quoted_everywhere() {
    let database = Server::shared().database();
    let project = Project::new()
        .file("schema.toml", "[modules.odd]\nschema = 'a\"b; drop schema public; --'\n")
        .migration("odd/V1__t.sql", "CREATE TABLE t ();\n")
        .rollback("odd/V1__t.sql", "DROP TABLE t;\n");
    project.run(&database, "migrate up").expect(0);
    let schemas = "select schemaname from pg_tables where tablename = 't'";
    assert_eq!(
        database.client().query_one(schemas, &[]).unwrap().get::<_, String>(0),
        "a\"b; drop schema public; --"
    );
    project.run(&database, "migrate down").expect(0);
    assert!(database.client().query(schemas, &[]).unwrap().is_empty());
}
