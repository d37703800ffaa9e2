//! A project on disk with a database of its own, and the binary run on both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::ground::ground;
use crate::support::postgres::Database;
use crate::support::project::shadows;

/// A project and its target.
pub(super) struct Project {
    folder: Option<tempfile::TempDir>,
    root: PathBuf,
    database: Database<'static>,
}

const MIGRATION: &str = "\
CREATE TABLE people (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, \"Note\" text);
CREATE TABLE notes (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person integer NOT NULL REFERENCES people);
CREATE TABLE tags (person integer REFERENCES people ON DELETE CASCADE);
CREATE TABLE log (line text);
";

/// Returns the repository itself, the shipped modules.
pub(super) fn repository() -> Project {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf();
    Project { folder: None, root, database: Database::create() }
}

impl Project {
    /// Makes a project of one module with a CSV seed and a SQL seed.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        let project = Self { folder: Some(folder), root, database: Database::create() };
        project.write("migrations/V1__people.sql", MIGRATION);
        project.write("rollbacks/V1__people.sql", "DROP TABLE log, tags, notes, people;\n");
        project.write("seeds/dev/01_people.csv", "id,name,Note\n1,Ann,\n2,Bob,\n");
        let notes = "INSERT INTO notes (person) SELECT 1 WHERE NOT EXISTS (SELECT FROM notes);\n";
        project.write("seeds/dev/02_notes.sql", notes);
        project
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        assert!(self.folder.is_some(), "the repository is not written to");
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs crmdb and returns standard output, standard error and exit code as one text, times and names of the machine
    /// left out.
    pub(super) fn run(&self, arguments: &str) -> String {
        let output = self.output(arguments);
        let text = format!(
            "{}--- stderr\n{}--- exit {}\n",
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
            output.status.code().unwrap()
        );
        self.without_times(&text)
    }

    /// Runs crmdb, which must do well, and returns standard output.
    pub(super) fn ok(&self, arguments: &str) -> String {
        let output = self.output(arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "crmdb {arguments}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(super) fn output(&self, arguments: &str) -> std::process::Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crmdb"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command.env("CRMDB_DATABASE_URL", self.database.url()).current_dir(&self.root);
        command.env("CRMDB_SERVER_HOME", shadows());
        command.args(arguments.split(' ')).output().unwrap()
    }

    fn without_times(&self, text: &str) -> String {
        let mut clean = String::new();
        for line in text.lines() {
            let line = line.replace(self.database.name(), "DATABASE");
            let line = match line.find(&format!(" on {}/", ground().display())) {
                Some(at) => {
                    let end =
                        line[at + 4..].find([' ', ';', '?', ',']).map_or(line.len(), |end| at + 4 + end);
                    format!("{} on HOST{}", &line[..at], &line[end..])
                }
                None => line,
            };
            clean += without_moment(&without_duration(&line)).trim_end();
            clean.push('\n');
        }
        clean
    }

    pub(super) fn client(&self) -> postgres::Client {
        self.database.client()
    }

    pub(super) fn sql(&self, sql: &str) {
        self.database.client().batch_execute(sql).unwrap();
    }

    pub(super) fn value(&self, sql: &str) -> String {
        self.database.client().query_one(sql, &[]).unwrap().get(0)
    }

    /// Returns the number of rows of every table but crmdb's own.
    pub(super) fn row_counts(&self) -> BTreeMap<String, i64> {
        let mut client = self.database.client();
        let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'crmdb')";
        let names: Vec<String> = client.query(tables, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        let mut count = |name: String| {
            let rows = client.query_one(&format!("SELECT count(*) FROM {name}"), &[]).unwrap().get(0);
            (name, rows)
        };
        names.into_iter().map(&mut count).collect()
    }
}

/// Replaces `2026-11-21 02:30:00Z` by `MOMENT`.
fn without_moment(line: &str) -> String {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"-:Z".contains(&byte));
    match line.rsplit_once(' ') {
        Some((rest, clock)) if clock.len() == 9 && digits(clock) && rest.len() > 10 => {
            format!("{}MOMENT", &rest[..rest.len() - 10])
        }
        _ => line.to_owned(),
    }
}

/// Replaces `12 ms`, `0.4 s` by `TIME`.
fn without_duration(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let is_number =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let mut clean: Vec<String> = Vec::new();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let unit = words.peek().map(|unit| unit.trim_end_matches([';', ',']));
        if is_number(word) && matches!(unit, Some("ms" | "s")) {
            let unit = words.next().unwrap_or_default();
            clean.push(format!("TIME{}", unit.trim_start_matches(['m', 's'])));
        } else {
            clean.push(word.to_owned());
        }
    }
    clean.join(" ")
}
