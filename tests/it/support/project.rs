//! Projects in throw-away folders, and runs of the real binary on them.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::ground::ground;
use super::postgres::Database;
use super::site::Site;

/// Returns the home of the shadow server that all tests of this process share.
pub(crate) fn shadows() -> &'static Path {
    static SITE: OnceLock<(Site, PathBuf)> = OnceLock::new();
    &SITE
        .get_or_init(|| {
            let site = Site::new();
            let home = site.folder.join("servers");
            (site, home)
        })
        .1
}

/// A project on the disk, gone with the value.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// Makes a project without migrations.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("crmdb-project-").tempdir().unwrap();
        for sub in ["migrations", "rollbacks"] {
            std::fs::create_dir(folder.path().join(sub)).unwrap();
        }
        Self { folder }
    }

    /// Writes a file; `path` is relative to the project, its folders are made.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Writes `migrations/<name>`; the name may begin with the folder of a module.
    pub(crate) fn migration(self, name: &str, sql: &str) -> Self {
        self.file(&format!("migrations/{name}"), sql)
    }

    /// Writes `rollbacks/<name>`; the name is that of its migration.
    pub(crate) fn rollback(self, name: &str, sql: &str) -> Self {
        self.file(&format!("rollbacks/{name}"), sql)
    }

    /// Makes the module `crm` with three migrations, a table each, and their rollbacks.
    pub(crate) fn of_three() -> Self {
        (1..=3).fold(Self::new().file("schema.toml", "[modules.crm]\n"), |project, number| {
            let name = format!("crm/V{number}__t{number}.sql");
            project
                .migration(&name, &format!("CREATE TABLE t{number} ();\n"))
                .rollback(&name, &format!("DROP TABLE t{number};\n"))
        })
    }

    /// Returns the project's folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the binary with `line`, split at white space, as its arguments, in this folder, on the target `url`.
    ///
    /// Of the environment only `PATH` and `CRMDB_PG_BIN` are passed on, so that no `PG*` variable of the machine is heeded.
    pub(crate) fn command(&self, url: &str, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crmdb"));
        command.args(line.split_whitespace()).current_dir(self.path()).stdin(Stdio::null()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.path());
        command.env("CRMDB_DATABASE_URL", url).env("CRMDB_SERVER_HOME", shadows());
        // Shadows of the same version as the tests' server.
        command.envs(std::env::var_os("CRMDB_PG_BIN").map(|folder| ("CRMDB_PG_BIN", folder)));
        command
    }

    /// Runs `crmdb <line>` on a database and waits for its end.
    #[must_use = "look at the exit code, or compare the whole"]
    pub(crate) fn run(&self, database: &Database<'_>, line: &str) -> Output {
        self.run_at(&database.url(), line)
    }

    /// Runs `crmdb <line>` on the target `url` and waits for its end.
    #[must_use = "look at the exit code, or compare the whole"]
    pub(crate) fn run_at(&self, url: &str, line: &str) -> Output {
        Output::new(line, self.command(url, line).output().unwrap())
    }
}

impl Project {
    /// Runs `crmdb <line>`, which a shell reads, on a terminal of 90 columns where `typed` is typed; returns the exit code
    /// and what was written to the terminal, echo and control sequences included.
    pub(crate) fn on_a_terminal(
        &self,
        database: &Database<'_>,
        line: &str,
        typed: &str,
    ) -> (Option<i32>, String) {
        let inner = self.command(&database.url(), "");
        let line = format!("stty cols 90 rows 24 && {} {line}", env!("CARGO_BIN_EXE_crmdb"));
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).current_dir(self.path()).env_clear();
        command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TERM", "xterm");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        // The terminal echoes what it is sent before it is asked for.
        child.stdin.as_mut().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// What a run of the binary left: displayed, one text with exit code, standard output and standard error.
#[derive(Debug)]
pub(crate) struct Output {
    line: String,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
}

impl Output {
    /// Takes what `crmdb <line>` wrote.
    pub(crate) fn new(line: &str, output: std::process::Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("crmdb writes UTF-8");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        Self { line: line.to_owned(), stdout, stderr, code: output.status.code() }
    }

    /// Returns the output of a run that is to end with `code`; panics with the whole of it when it did not.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }
}

impl fmt::Display for Output {
    /// Durations and the names that change from run to run are made the same, so that the text can be a snapshot.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or("killed".to_owned(), |code| format!("exit code {code}"));
        writeln!(f, "crmdb {}: {code}", self.line)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "--- {name}\n{}", steady(text))?;
            }
        }
        Ok(())
    }
}

/// Replaces what changes from run to run: `12.5 ms` and `3 s` by `<time>`, the folder of a test server by `<host>`, the
/// name of a test's database by `<database>`.
fn steady(text: &str) -> String {
    let mut steady = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside_a_word = steady.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let (replaced, length) = match changing(rest).filter(|_| !inside_a_word) {
            Some(found) => found,
            None => (&rest[..first.len_utf8()], first.len_utf8()),
        };
        steady.push_str(replaced);
        rest = &rest[length..];
    }
    steady
}

/// Returns what stands for the beginning of `text` and how many bytes of it.
fn changing(text: &str) -> Option<(&'static str, usize)> {
    let up_to = |end: &dyn Fn(char) -> bool| text.find(end).unwrap_or(text.len());
    let instant = up_to(&|c| !c.is_ascii_digit() && !"-: Z".contains(c));
    let instant = text[..instant].trim_end();
    if instant.len() >= "2026-01-31 12:34Z".len()
        && instant.ends_with('Z')
        && instant.matches('-').count() == 2
    {
        return Some(("<instant>", instant.len()));
    }
    let number = up_to(&|c| !c.is_ascii_digit() && c != '.');
    if number > 0 {
        let unit = [" ms", " min", " s"].into_iter().find(|unit| {
            let after = text[number..].strip_prefix(unit);
            after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric()))
        })?;
        return Some(("<time>", number + unit.len()));
    }
    if text.starts_with(&format!("{}/crmdb-it-", ground().display())) {
        let folder = up_to(&|c| c.is_whitespace() || ",;)\"".contains(c));
        return Some(("<host>", text[..folder].trim_end_matches(':').len()));
    }
    let word = &text[..up_to(&|c| !c.is_ascii_alphanumeric() && c != '_')];
    let process = format!("_{}_", std::process::id());
    word.contains(&process).then_some(("<database>", word.len()))
}

mod tests {
    use super::{Database, Project, ground, steady};

    #[test]
    fn what_changes_from_run_to_run_is_made_the_same() {
        let text = format!(
            "2026-01-31 12:34Z in 0.4 ms, 3 min 20 s; 2 sets on name_of_{}_7 on {}/crmdb-it-Ab1: V12 s\n",
            std::process::id(),
            ground().display()
        );
        assert_eq!(
            steady(&text),
            "<instant> in <time>, <time> <time>; 2 sets on <database> on <host>: V12 s\n"
        );
    }

    #[test]
    fn a_project_is_run_by_the_real_binary() {
        let database = Database::create();
        let project = Project::new()
            .migration("V1__a.sql", "create table a (i int);\n")
            .rollback("V1__a.sql", "drop table a;\n");
        let output = project.run(&database, "migrate up").expect(0);
        insta::assert_snapshot!(output, @r#"
        crmdb migrate up: exit code 0
        --- stdout
        applied   V1__a.sql  <time>
        applied 1 migration on <database> on <host> in <time>
        "#);
        database.client().batch_execute("table a").unwrap();
    }
}
