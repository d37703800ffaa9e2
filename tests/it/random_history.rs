//! Random histories: whatever is done to a database, in whatever order, ledger and catalog are what a plain model says.
//!
//! Most commands run within this process, through what `main` calls; runs that race or are killed are processes of their own.
//! `CRMDB_TEST_STEPS` sets how many steps are taken in all, `CRMDB_TEST_SEED` the first of the seeds. As many histories
//! go on at once, each on a database of its own, as there are cores.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use clap::Parser as _;
use crmdb::cli::args::Cli;
use crmdb::commands::{self, Context};
use crmdb::report::terminal::{Language, Terminal, Volume};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use postgres::{Client, Statement};

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};

/// Steps of one history: then another seed begins with an empty database.
const LENGTH: u64 = 100;

/// What the ledger says is applied, in order, and how much is unfinished.
const LEDGER: &str = "select coalesce(array_agg(version order by position), '{}'),
  (select count(*) from crmdb.unfinished) + (select count(*) from crmdb.journal)
from crmdb.migration";

/// The relations that are there; an index only when it is whole.
const CATALOG: &str = "select c.relname::text from pg_class c left join pg_index i on i.indexrelid = c.oid
where c.relnamespace = 'public'::regnamespace and (i.indisvalid is null or i.indisvalid and i.indisready)";

/// One migration's file as the model knows it.
#[derive(Clone, Debug)]
struct File {
    outside: bool,
    edited: bool,
    rows: bool,
}

impl File {
    fn name(version: u64) -> String {
        format!("V{version}__t{version}.sql")
    }

    fn up(&self, version: u64) -> String {
        let edited = if self.edited { "-- edited\n" } else { "" };
        if self.outside {
            return format!(
                "-- crmdb: no-transaction\n{edited}create table t{version} (i int);\n\
                 create index concurrently t{version}_i on t{version} (i);\n"
            );
        }
        let rows =
            if self.rows { format!("insert into t{version} values ({version});\n") } else { String::new() };
        format!("{edited}create table t{version} (i int);\n{rows}")
    }

    fn down(&self, version: u64) -> String {
        if self.outside {
            return format!(
                "-- crmdb: no-transaction\ndrop index concurrently t{version}_i;\ndrop table t{version};\n"
            );
        }
        format!("drop table t{version};\n")
    }
}

/// A database, its project, and what should be there.
struct History<'a> {
    random: fastrand::Rng,
    database: Database<'a>,
    /// Looks at the database.
    client: Client,
    /// [`LEDGER`], once there is one.
    ledger: Option<Statement>,
    catalog: Statement,
    project: Project,
    files: BTreeMap<u64, File>,
    /// Whether its migrations make rows: then each rollback is rehearsed on a shadow first.
    rows: bool,
    /// In the order of application.
    applied: Vec<u64>,
    trace: Vec<String>,
}

/// How a command ended.
#[derive(Debug)]
struct Done {
    code: i32,
    /// The error and its hints.
    told: String,
}

impl Done {
    #[track_caller]
    fn expect(self, code: i32) {
        assert_eq!(self.code, code, "{}", self.told);
    }
}

impl History<'_> {
    fn pending(&self) -> Vec<u64> {
        self.files.keys().copied().filter(|version| !self.applied.contains(version)).collect()
    }

    fn write(&self, version: u64) {
        let file = &self.files[&version];
        for (folder, text) in [("migrations", file.up(version)), ("rollbacks", file.down(version))] {
            std::fs::write(self.project.path().join(folder).join(File::name(version)), text).unwrap();
        }
    }

    fn add(&mut self) {
        // Gaps leave room for files that are merged late.
        let last = self.files.keys().last().copied().unwrap_or_default();
        let gaps: Vec<u64> = (1..last).filter(|version| !self.files.contains_key(version)).collect();
        let late = !gaps.is_empty() && self.random.u8(..4) == 0;
        let version = if late { gaps[self.random.usize(..gaps.len())] } else { last + self.random.u64(1..4) };
        self.files
            .insert(version, File { outside: self.random.u8(..4) == 0, edited: false, rows: self.rows });
        self.write(version);
        self.trace.push(format!("add {version}"));
    }

    fn edit(&mut self) {
        if self.applied.is_empty() {
            return;
        }
        let version = self.applied[self.random.usize(..self.applied.len())];
        self.files.get_mut(&version).unwrap().edited ^= true;
        self.write(version);
        self.trace.push(format!("edit {version}"));
        if self.random.bool() {
            // What is not as it was applied stops everything, and changes nothing.
            self.run("migrate up --out-of-order").expect(4);
            self.check();
            self.files.get_mut(&version).unwrap().edited ^= true;
            self.write(version);
        } else {
            self.run("migrate repair --yes").expect(0);
        }
    }

    /// Runs `crmdb <line>` within this process.
    fn run(&mut self, line: &str) -> Done {
        self.trace.push(line.to_owned());
        let folder = self.project.path().to_str().unwrap();
        let (url, shadow) = (self.database.url(), Server::shared().url("postgres"));
        let head = ["crmdb", "-q", "-C", folder, "--database-url", &url, "--shadow-url", &shadow];
        let cli = Cli::parse_from(head.into_iter().chain(line.split_whitespace()));
        let mut terminal = Terminal::new(Language::Human, Volume::Quiet);
        let mut context = Context::new(&cli.global, &mut terminal);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        match runtime.block_on(commands::run(&cli, &mut context)) {
            Ok(report) => Done { code: report.exit() as i32, told: String::new() },
            Err(error) => {
                Done { code: error.exit() as i32, told: format!("{error}\n{}", error.hints().join("\n")) }
            }
        }
    }

    fn spawn(&mut self, line: &str) -> Child {
        self.trace.push(format!("begin {line}"));
        let mut command = self.project.command(&self.database.url(), line);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn up(&mut self) {
        let pending = self.pending();
        let latest = self.applied.iter().max().copied().unwrap_or_default();
        if pending.iter().any(|version| *version < latest) {
            self.run("migrate up").expect(4);
            self.check();
        }
        let steps = self.random.usize(1..4);
        let whole = self.random.bool();
        let grouped = pending.iter().all(|version| !self.files[version].outside) && self.random.bool();
        let line = match (whole, grouped) {
            (true, true) => "migrate up --out-of-order --single-transaction".to_owned(),
            (true, false) => "migrate up --out-of-order".to_owned(),
            (false, _) => format!("migrate up --out-of-order --steps {steps}"),
        };
        self.run(&line).expect(0);
        self.applied.extend(pending.into_iter().take(if whole { usize::MAX } else { steps }));
    }

    fn down(&mut self) {
        let steps = self.random.usize(1..4);
        let (source, code) = match self.random.u8(..3) {
            // Without a ledger it is taken for the wrong database.
            0 => (" --from-ledger", if self.has_ledger() { 0 } else { 2 }),
            _ => ("", 0),
        };
        self.run(&format!("migrate down --yes --accept-data-loss --steps {steps}{source}")).expect(code);
        self.applied.truncate(self.applied.len().saturating_sub(steps));
    }

    fn redo(&mut self) {
        if let Some(last) = self.applied.last().copied() {
            self.run("migrate redo --accept-data-loss").expect(0);
            self.applied.retain(|version| *version != last);
            self.applied.push(last);
        }
    }

    /// Two runs at once.
    fn race(&mut self) {
        let line = "migrate up --out-of-order";
        let runs = [self.spawn(line), self.spawn(line)];
        for run in runs {
            Output::new(line, run.wait_with_output().unwrap()).expect(0);
        }
        self.applied.extend(self.pending());
    }

    /// Kills a run, or its sessions, or tells it to end, after a while and lets others complete what it left.
    fn kill(&mut self) {
        let line = if self.random.bool() {
            "migrate up --out-of-order"
        } else {
            "migrate down --all --yes --accept-data-loss"
        };
        let mut run = self.spawn(line);
        std::thread::sleep(Duration::from_millis(self.random.u64(1..80)));
        match self.random.u8(..3) {
            0 => {
                let sql = "select pg_terminate_backend(pid) from pg_stat_activity
                           where datname = current_database() and application_name = 'crmdb'";
                self.database.client().query(sql, &[]).unwrap();
                let output = Output::new(line, run.wait_with_output().unwrap());
                assert!(matches!(output.code, Some(0 | 3)), "{output}");
            }
            1 => {
                kill(Pid::from_raw(run.id().cast_signed()), Signal::SIGTERM).unwrap();
                let output = Output::new(line, run.wait_with_output().unwrap());
                assert!(matches!(output.code, Some(0) | None), "{output}");
            }
            _ => {
                // It may have ended by itself.
                let _ = run.kill();
                run.wait().unwrap();
            }
        }
        // A rollback outside a transaction that was interrupted has to be finished first.
        let up = self.run("migrate up --out-of-order");
        if up.code != 0 {
            assert!(up.told.contains("finish it with `crmdb migrate down`"), "{up:?}");
            self.run("migrate down --yes --accept-data-loss").expect(0);
            self.run("migrate up --out-of-order").expect(0);
        }
        let (ledger, _) = self.ledger();
        let set = |versions: &[u64]| versions.iter().copied().collect::<BTreeSet<u64>>();
        assert_eq!(set(&ledger), self.files.keys().copied().collect(), "everything is applied again");
        // How far a `down` came is its own affair, and with it the order in which the rest came back.
        self.applied = ledger;
    }

    fn has_ledger(&mut self) -> bool {
        let sql = "select to_regclass('crmdb.migration') is not null";
        if self.ledger.is_none() && self.client.query_one(sql, &[]).unwrap().get(0) {
            self.ledger = Some(self.client.prepare(LEDGER).unwrap());
        }
        self.ledger.is_some()
    }

    /// Returns what is applied, in order, and how much is unfinished.
    fn ledger(&mut self) -> (Vec<u64>, i64) {
        if !self.has_ledger() {
            return (Vec::new(), 0);
        }
        let row = self.client.query_one(self.ledger.as_ref().unwrap(), &[]).unwrap();
        let versions: Vec<i64> = row.get(0);
        (versions.into_iter().map(|version| u64::try_from(version).unwrap()).collect(), row.get(1))
    }

    /// Compares the ledger and the catalog with the model.
    fn check(&mut self) {
        assert_eq!(self.ledger(), (self.applied.clone(), 0), "what is applied, and what is unfinished");
        let rows = self.client.query(&self.catalog, &[]).unwrap();
        let found: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        let relations = |version: &u64| {
            let index = self.files[version].outside.then(|| format!("t{version}_i"));
            index.into_iter().chain([format!("t{version}")])
        };
        let expected: BTreeSet<String> = self.applied.iter().flat_map(relations).collect();
        assert_eq!(found, expected, "the catalog");
    }

    fn step(&mut self) {
        match self.random.u8(..=255) {
            0..=95 => self.add(),
            96..=157 => self.up(),
            158..=205 => self.down(),
            206..=229 => self.edit(),
            230..=252 => self.redo(),
            253 => self.race(),
            _ => self.kill(),
        }
        self.check();
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number of steps or a seed"))
}

/// Makes a database with a ledger in which nothing is applied: most histories begin with a copy of it.
fn emptied() -> Database<'static> {
    let (database, name) = (Database::create(), "V1__t1.sql");
    let project = Project::new().migration(name, "create table t1 ();\n").rollback(name, "drop table t1;\n");
    project.run(&database, "migrate up").expect(0);
    project.run(&database, "migrate down --yes").expect(0);
    database
}

/// One seed's history.
fn history(seed: u64, emptied: &Database<'_>) -> thread::Result<()> {
    let fresh = seed % 32 == 3;
    let template = if fresh { "template0" } else { emptied.name() };
    let database = Server::shared().database_like(template);
    let mut client = database.client();
    let mut history = History {
        random: fastrand::Rng::with_seed(seed),
        ledger: None,
        catalog: client.prepare(CATALOG).unwrap(),
        client,
        database,
        rows: fresh,
        project: Project::new(),
        files: BTreeMap::new(),
        applied: Vec::new(),
        trace: Vec::new(),
    };
    let ending = catch_unwind(AssertUnwindSafe(|| (0..LENGTH).for_each(|_| history.step())));
    if ending.is_err() {
        eprintln!("seed {seed}, after:\n  {}", history.trace.join("\n  "));
    }
    ending
}

#[test]
fn after_every_step_of_a_random_history_ledger_and_catalog_are_what_a_plain_model_says() {
    let first = number("CRMDB_TEST_SEED", 1);
    let end = first + number("CRMDB_TEST_STEPS", 300).div_ceil(LENGTH);
    let (next, emptied) = (AtomicU64::new(first), emptied());
    let walk = || {
        let seeds = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        for seed in seeds.take_while(|seed| *seed < end) {
            if let Err(panic) = history(seed, &emptied) {
                next.store(end, Ordering::Relaxed);
                resume_unwind(panic);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            // As much as the thread has on which `main` runs: a debug build keeps what each command needs at once.
            thread::Builder::new().stack_size(8 << 20).spawn_scoped(scope, walk).unwrap();
        }
    });
}
