//! Every command, in success and in failure: one document on standard output, and silence beside it where that is asked
//! for.

use std::collections::BTreeSet;

use clap::CommandFactory as _;
use crmdb::cli::args::Cli;
use serde_json::Value;

use super::{Failed, read};
use crate::support::postgres::Database;
use crate::support::project::{Output, Project};
use crate::support::site::Site;

/// A line for every command, in an order in which each does its work.
const LINES: &[(&str, i32)] = &[
    ("migrate new c", 0),
    ("init fresh", 0),
    ("migrate plan --out plan.json", 0),
    ("migrate rollback 3 --force", 0),
    ("migrate up --dry-run", 0),
    ("migrate up", 0),
    ("migrate redo", 0),
    ("migrate down --dry-run", 0),
    ("migrate down", 0),
    ("rescue list", 0),
    ("rescue restore", 0),
    ("rescue drop", 0),
    ("migrate baseline --to 3", 0),
    ("migrate repair", 0),
    ("migrate status", 0),
    ("status", 0),
    ("migrate verify", 0),
    ("verify", 0),
    ("schema contract --from-target", 0),
    ("schema pull tree", 0),
    ("schema show b", 0),
    ("migrate diff --from live --to live", 0),
    ("diff --from live --to live", 0),
    ("seed --dry-run", 0),
    ("migrate seed", 0),
    ("seed --generate 2 --yes", 0),
    ("seed", 0),
    ("migrate seed status", 1),
    ("seed status", 1),
    ("history", 0),
    ("prove", 0),
    ("migrate squash --to 2 --yes", 0),
    ("server start", 0),
    ("server status", 0),
    ("server url", 0),
    ("server stop", 0),
];

/// These print a text that another program made, and say so where a document is asked for.
const TEXTS: &[&str] = &["completions", "server psql"];

struct World {
    site: Site,
    project: Project,
    database: Database<'static>,
}

impl World {
    fn new() -> Self {
        let project = Project::new()
            .migration("V1__a.sql", "CREATE TABLE a (id int PRIMARY KEY, name text);\n")
            .rollback("V1__a.sql", "DROP TABLE a;\n")
            .migration("V2__b.sql", "CREATE TABLE b (id int PRIMARY KEY);\n")
            .rollback("V2__b.sql", "DROP TABLE b;\n")
            .file("seeds/dev/01_a.csv", "id,name\n-1,Ann\n");
        Self { site: Site::new(), project, database: Database::create() }
    }

    fn run(&self, line: &str) -> Output {
        let mut command = self.project.command(&self.database.url(), line);
        command.env("CRMDB_SERVER_HOME", self.site.folder.join("servers"));
        Output::new(line, command.output().unwrap())
    }
}

/// Returns the paths of all commands that do something by themselves.
fn paths(command: &clap::Command, before: &str, paths: &mut BTreeSet<String>) {
    let subcommands: Vec<_> = command.get_subcommands().collect();
    if !before.is_empty() && !command.is_subcommand_required_set() {
        paths.insert(before.to_owned());
    }
    for subcommand in subcommands {
        self::paths(subcommand, format!("{before} {}", subcommand.get_name()).trim(), paths);
    }
}

#[test]
fn every_command_prints_one_document_and_is_quiet_where_it_is_told_to_be() {
    let mut missing = BTreeSet::new();
    paths(&Cli::command(), "", &mut missing);
    missing.retain(|path| !TEXTS.contains(&path.as_str()));
    let world = World::new();
    for (line, code) in LINES {
        let output = world.run(&format!("{line} --quiet --format json")).expect(*code);
        let document: Value = read(&output);
        assert_eq!(document["format"], 1, "{output}");
        let command = document["command"].as_str().unwrap();
        let typed = line.split(" --").next().unwrap().trim_start_matches("migrate ");
        assert!(
            typed.starts_with(command.trim_start_matches("migrate ").split(' ').next().unwrap()),
            "{output}"
        );
        assert!(output.stderr.is_empty(), "{output}");
        missing.retain(|path| *line != path && !line.starts_with(&format!("{path} ")));
    }
    assert!(missing.is_empty(), "commands without a line here: {missing:?}");
}

#[test]
fn every_command_that_fails_prints_the_error_as_its_one_document() {
    let world = World::new();
    for (line, _) in LINES.iter().filter(|(line, _)| !line.starts_with("init")) {
        let nowhere = format!("{line} --quiet --format json --project nowhere");
        let failed: Failed = read(&world.run(&nowhere).expect(2));
        assert_eq!((failed.format, failed.error.code.as_str(), failed.error.exit), (1, "usage", 2), "{line}");
        let unreadable = world.run(&format!("{line} --no-such-flag --format json")).expect(2);
        let failed: Failed = read(&unreadable);
        assert_eq!(failed.error.message, "unexpected argument '--no-such-flag' found", "{line}");
        assert_eq!(failed.error.hints, ["see `crmdb --help`"]);
        assert!(unreadable.stderr.starts_with("error: unexpected argument"), "{unreadable}");
    }
}

#[test]
fn a_format_that_a_command_does_not_have_is_refused_before_anything_is_done() {
    let world = World::new();
    for line in ["migrate up --format sql", "seed --format sql", "history --format junit"] {
        let refused = world.run(line).expect(2);
        assert!(refused.stderr.contains("`--format"), "{refused}");
    }
    let ledger = "select 1 from pg_namespace where nspname = 'crmdb'";
    assert!(world.database.client().query(ledger, &[]).unwrap().is_empty());
    assert!(world.run("migrate up --dry-run --format sql").expect(0).stdout.contains("CREATE TABLE a"));
}
