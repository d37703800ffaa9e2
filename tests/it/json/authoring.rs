//! Mirrors of what `init`, `new`, `baseline`, `repair` and `redo` say to programs.

use serde::Deserialize;

use super::{Key, Ran, read};
use crate::support::postgres::Database;
use crate::support::project::Project;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: u8,
    command: String,
    files: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    format: u8,
    command: String,
    target: String,
    migrations: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysTried {
    format: u8,
    command: String,
    target: String,
    foreign_keys: Vec<Key>,
}

fn two_migrations() -> Project {
    Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n")
        .rollback("V1__a.sql", "DROP TABLE a;\n")
        .migration("V2__b.sql", "CREATE TABLE b (a_id int);\n")
        .rollback("V2__b.sql", "DROP TABLE b;\n")
}

#[test]
fn files_that_were_written_are_listed_by_their_paths() {
    let project = two_migrations();
    let run = |line: &str| read::<Written>(&project.run_at("postgresql://nowhere", line).expect(0));
    let written = run("migrate new c --format json");
    assert_eq!((written.format, written.command.as_str()), (1, "migrate new"));
    assert_eq!(written.files, ["migrations/V3__c.sql", "rollbacks/V3__c.sql"]);
    let written = run("init fresh --format json");
    assert_eq!((written.format, written.command.as_str(), written.files.len()), (1, "init", 3));
    for file in &written.files {
        assert!(project.path().join("fresh").join(file).is_file(), "{file}");
    }
}

#[test]
fn rows_of_the_ledger_that_were_written_are_listed_by_their_labels() {
    let (database, project) = (Database::create(), two_migrations());
    let recorded: Recorded = read(&project.run(&database, "migrate baseline --to 1 --format json").expect(0));
    assert_eq!((recorded.format, recorded.command.as_str()), (1, "migrate baseline"));
    assert_eq!(recorded.migrations, ["V1__a.sql"]);
    assert!(recorded.target.contains(" on "));
    let project = project.migration("V1__a.sql", "CREATE TABLE a (id bigint PRIMARY KEY);\n");
    let repaired = project.run(&database, "migrate repair --yes --format json").expect(0);
    // What changed is for people; the document is alone on standard output.
    assert!(repaired.stderr.contains("+CREATE TABLE a (id bigint PRIMARY KEY);"), "{repaired}");
    let recorded: Recorded = read(&repaired);
    assert_eq!(recorded.command, "migrate repair");
    assert_eq!(recorded.migrations, ["V1__a.sql"]);
    let recorded: Recorded = read(&project.run(&database, "migrate repair --format json").expect(0));
    assert!(recorded.migrations.is_empty());
}

#[test]
fn deferred_keys_that_were_tried_again_are_listed_with_their_state() {
    let (database, project) = (Database::create(), two_migrations());
    let key = "[modules.public]\ndeferred_foreign_keys = [\"b.a_id -> a.id\"]\n";
    let project = project.file("schema.toml", key);
    project.run(&database, "migrate up").expect(0);
    let tried: KeysTried =
        read(&project.run(&database, "migrate repair --foreign-keys --format json").expect(0));
    assert_eq!((tried.format, tried.command.as_str()), (1, "migrate repair"));
    assert!(tried.target.contains(" on "));
    let states: Vec<&str> = tried.foreign_keys.iter().map(|key| key.state.as_str()).collect();
    assert_eq!(states, ["valid"]);
}

#[test]
fn a_redo_lists_both_ways() {
    let (database, project) = (Database::create(), two_migrations());
    project.run(&database, "migrate up").expect(0);
    let ran: Ran = read(&project.run(&database, "migrate redo --format json").expect(0));
    assert_eq!((ran.format, ran.command.as_str(), ran.left), (1, "migrate redo", 0));
    let ways: Vec<_> = ran.migrations.iter().map(|row| (row.direction.as_str(), row.file.as_str())).collect();
    assert_eq!(ways, [("down", "V2__b.sql"), ("up", "V2__b.sql")]);
}
