//! `new`, `init`, `baseline`, `repair`, `history`, `completions` and the help.

use insta::assert_snapshot;

use crate::support::postgres::Server;
use crate::support::project::Project;

fn applied() -> Project {
    Project::new()
        .migration("V1__a.sql", "CREATE TABLE a ();\n")
        .rollback("V1__a.sql", "DROP TABLE a;\n")
        .migration("V2__b.sql", "CREATE TABLE b ();\n")
}

#[test]
fn baseline_records_without_running() {
    let database = Server::shared().database();
    let project = applied();
    assert_snapshot!(project.run(&database, "migrate baseline --to 1").expect(0));
    assert_snapshot!(project.run(&database, "migrate up").expect(0));
    assert!(
        database.client().query("select 1 from pg_tables where tablename = 'a'", &[]).unwrap().is_empty()
    );
    assert_snapshot!(project.run(&database, "migrate baseline --to 9").expect(4));
}

#[test]
fn repair_shows_the_difference_and_accepts_the_file() {
    let database = Server::shared().database();
    let project = applied();
    project.run(&database, "migrate up").expect(0);
    let project = project.migration("V1__a.sql", "-- the first table\nCREATE TABLE a ();\n");
    assert_snapshot!(project.run(&database, "migrate repair").expect(4));
    assert_snapshot!(project.run(&database, "migrate repair --yes").expect(0));
    assert_snapshot!(project.run(&database, "status").expect(0));
    assert_snapshot!(project.run(&database, "migrate repair").expect(0));
}

#[test]
fn the_ledger_keeps_no_sql_when_it_is_told_not_to() {
    let database = Server::shared().database();
    let project = applied().file("schema.toml", "[ledger]\nstore_sql = false\n");
    project.run(&database, "migrate up").expect(0);
    let kept = "select count(*) from crmdb.migration where up_sql is not null or rollback_sql is not null";
    assert_eq!(database.client().query_one(kept, &[]).unwrap().get::<_, i64>(0), 0);
    assert_snapshot!(project.run(&database, "migrate down --from-ledger").expect(4));
}

#[test]
fn the_event_log_can_only_grow() {
    let database = Server::shared().database();
    applied().run(&database, "migrate up").expect(0);
    for change in ["DELETE FROM crmdb.event", "UPDATE crmdb.event SET kind = 'down'", "TRUNCATE crmdb.event"]
    {
        let error = database.client().batch_execute(change).unwrap_err();
        assert_eq!(error.as_db_error().unwrap().message(), "crmdb.event is append-only");
    }
}

#[test]
fn new_writes_the_pair_and_init_a_project() {
    let project = applied();
    let run = |line: &str| project.run_at("postgresql://nowhere", line);
    assert_snapshot!(run("migrate new Add-Owner").expect(0));
    assert!(project.path().join("migrations/V3__add_owner.sql").is_file());
    assert!(project.path().join("rollbacks/V3__add_owner.sql").is_file());
    assert_snapshot!(run("migrate new a.b").expect(2));
    assert_snapshot!(run("init fresh").expect(0));
    assert_snapshot!(run("init fresh").expect(2));
    assert_snapshot!(run("init").expect(2));
}

#[test]
fn times_are_gone_on_with_where_versions_are_times() {
    let project = Project::new().migration("V20240131120000__a.sql", "SELECT 1;\n");
    let output = project.run_at("postgresql://nowhere", "migrate new b").expect(0);
    let name = output.stdout.lines().next().unwrap().trim_start_matches("wrote migrations/V");
    assert!(name.len() == "20240131120000__b.sql".len() && name.starts_with("20"), "{output}");
}

#[test]
fn the_help_is_what_it_was() {
    let project = Project::new();
    for line in [
        "--help",
        "migrate --help",
        "migrate up --help",
        "migrate down --help",
        "server --help",
        "history --help",
    ] {
        let output = project.run_at("postgresql://nowhere", line).expect(0);
        assert_snapshot!(line.replace(' ', "_"), output);
    }
    let output = project.run_at("postgresql://nowhere", "completions bash").expect(0);
    assert!(output.stdout.contains("complete -F _crmdb"));
}
