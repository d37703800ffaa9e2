//! What every command starts from: the arguments, the project, the target, the terminal.
#![expect(
    clippy::disallowed_methods,
    reason = "commands read the environment and the clock for the layers below"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::apply::take_lock;
use crate::cli::args::{Global, GoalArg, HasteArgs, RunArgs, SchemaArg};
use crate::cli::target::{Candidates, TargetSource};
use crate::db::blockers::Blockers;
use crate::db::connect::{Environment, Options};
use crate::db::interrupt::Interrupt;
use crate::db::ledger::read_locked;
use crate::db::lock::RunLock;
use crate::db::record::{Author, Limits};
use crate::db::run::Haste;
use crate::db::session::Session;
use crate::error::Error;
use crate::model::plan::Goal;
use crate::model::{Installation, Ledger, Project};
use crate::project::{self, Manifest, Opened};
use crate::report::terminal::Terminal;
use crate::server;

/// What every command starts from.
#[derive(Debug)]
pub struct Context<'a> {
    /// What all commands understand.
    pub global: &'a Global,
    /// Where reports, progress and questions go.
    pub terminal: &'a mut Terminal,
    interrupt: Interrupt,
    started: Instant,
}

/// A target that is known, and connected to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) session: Session,
    pub(super) options: Options,
    /// Keeps the private server running, where that is the target.
    server: Option<server::Client>,
}

impl Target {
    /// Returns the target for people: `crm on db.example:5432`.
    pub(super) fn name(&self) -> String {
        if self.server.is_some() {
            return format!("{} on the private server", self.options.database());
        }
        format!("{} on {}", self.options.database(), self.options.host_summary())
    }
}

/// How long a run waits for another one, where nothing else is said.
const LOCK_WAIT: Duration = Duration::from_secs(60);

impl<'a> Context<'a> {
    /// Starts the clock.
    pub fn new(global: &'a Global, terminal: &'a mut Terminal) -> Self {
        Self { global, terminal, interrupt: Interrupt::default(), started: Instant::now() }
    }

    /// Lets `interrupt` end a run before it is done.
    pub fn told_by(self, interrupt: Interrupt) -> Self {
        Self { interrupt, ..self }
    }

    /// Returns the milliseconds since the command began.
    pub(super) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns the present time.
    pub(super) fn now(&self) -> jiff::Timestamp {
        now().timestamp()
    }

    /// Returns how much of a hurry the command is in. Its deadline counts from its start.
    pub(super) fn haste(&self, args: &HasteArgs) -> Haste {
        let until = args.deadline.and_then(|deadline| self.started.checked_add(deadline));
        let blockers = if args.cancel_blockers { Blockers::Cancel } else { Blockers::Name };
        let interrupt = self.interrupt.clone();
        Haste { until: until.map(tokio::time::Instant::from_std), blockers, interrupt }
    }

    /// Returns the project's folder, if there is one.
    pub(super) fn root(&self) -> Result<Option<PathBuf>, Error> {
        match &self.global.project {
            Some(folder) if folder.is_dir() => Ok(Some(folder.clone())),
            Some(folder) => Err(Error::usage(format!("`--project {}` is not a folder", folder.display()))),
            None => Ok(std::env::current_dir().ok().and_then(|folder| project::find_root(&folder))),
        }
    }

    /// Reads the project.
    pub(super) fn project(&self) -> Result<Opened, Error> {
        let folder = std::env::current_dir().unwrap_or_default().display().to_string();
        let root = self.root()?.ok_or(Error::NoProject { folder })?;
        Ok(project::open(&root)?)
    }

    /// Reads `schema.toml` alone; its default where there is no project.
    pub(super) fn manifest(&self) -> Result<Manifest, Error> {
        Ok(self.root()?.map(|root| project::read_manifest(&root)).transpose()?.unwrap_or_default())
    }

    /// Returns the modules that the arguments name, under their schemas.
    pub(super) fn installations<'p>(&self, project: &'p Project) -> Result<Vec<Installation<'p>>, Error> {
        Ok(project.installations(&self.global.module, &self.schemas()?)?)
    }

    /// Returns the schemas that the arguments give to modules.
    pub(super) fn schemas(&self) -> Result<BTreeMap<String, String>, Error> {
        let mut schemas = BTreeMap::new();
        for argument in &self.global.schema {
            match argument {
                SchemaArg::Install(module, schema) => _ = schemas.insert(module.clone(), schema.clone()),
                SchemaArg::Name(name) => {
                    return Err(Error::usage(format!(
                        "`--schema {name}` names no module: write `MODULE={name}`"
                    )));
                }
            }
        }
        Ok(schemas)
    }

    /// Connects to the target, starting the private server where that is it.
    pub(super) async fn connect(&mut self, manifest: &Manifest) -> Result<Target, Error> {
        self.connect_to(self.global.database_url.clone(), manifest).await
    }

    /// Connects to `url`, or to the target where there is none.
    pub(super) async fn connect_to(
        &mut self,
        url: Option<String>,
        manifest: &Manifest,
    ) -> Result<Target, Error> {
        let environment = Environment::read();
        let variable = |name| std::env::var(name).ok();
        let candidates = Candidates {
            flag: url,
            crmdb_variable: variable("CRMDB_DATABASE_URL"),
            variable: variable("DATABASE_URL"),
            manifest: manifest.database.url.clone(),
            libpq: environment.names_a_target(),
        };
        let (resolved, server) = match candidates.choose() {
            TargetSource::Text(text) => (Options::resolve(Some(&text), &environment)?, None),
            TargetSource::Variables => (Options::resolve(None, &environment)?, None),
            TargetSource::Private => {
                let (cluster, environment) = (self.cluster()?, server_environment()?);
                if server::status(&cluster, &environment)?.server.is_none() {
                    self.terminal.note("starting the private PostgreSQL server of this project");
                }
                let client = server::ensure(&cluster, &environment)?;
                let url = client.url(client.database());
                (Options::resolve(Some(&url), &Environment::default())?, Some(client))
            }
        };
        for warning in &resolved.warnings {
            self.terminal.note(&format!("warning: {warning}"));
        }
        let session = Session::open(&resolved.options).await?;
        Ok(Target { session, options: resolved.options, server })
    }

    /// Tells whether a target other than the private server is named.
    pub(super) fn names_a_target(&self, manifest: &Manifest) -> bool {
        let variable = |name| std::env::var_os(name).is_some();
        self.global.database_url.is_some()
            || variable("CRMDB_DATABASE_URL")
            || variable("DATABASE_URL")
            || manifest.database.url.is_some()
            || Environment::read().names_a_target()
    }

    /// Returns the server, or the database, on which SQL is tried; `None` for the private shadow server.
    pub(super) fn shadow_url(&self) -> Option<String> {
        let variable = std::env::var("CRMDB_SHADOW_URL").ok().filter(|url| !url.is_empty());
        self.global.shadow_url.clone().or(variable)
    }

    /// Returns the private cluster of the project.
    pub(super) fn cluster(&self) -> Result<server::Cluster, Error> {
        let folder = std::env::current_dir().unwrap_or_default();
        let project = self.root()?.ok_or(Error::NoProject { folder: folder.display().to_string() })?;
        Ok(server::Cluster::Dev { project })
    }

    /// Takes the target's lock, telling who holds it meanwhile.
    pub(super) async fn lock(&mut self, target: &mut Target, wait: Duration) -> Result<RunLock, Error> {
        let terminal = &mut *self.terminal;
        let connection = (&mut target.session, &target.options);
        take_lock(connection, wait, &mut |event| terminal.progress(&event)).await
    }

    /// Reads the ledger under the lock, when nothing of an earlier run is at work any more.
    pub(super) async fn ledger(&mut self, target: &mut Target, lock: &RunLock) -> Result<Ledger, Error> {
        let terminal = &mut *self.terminal;
        Ok(read_locked(&mut target.session, lock, &mut |event| terminal.progress(&event)).await?)
    }

    /// Asks before `plan` is carried out; `--yes` answers.
    pub(super) fn confirm(&mut self, question: &str) -> Result<(), Error> {
        if self.global.yes {
            return Ok(());
        }
        let hint = "answer with `--yes`".to_owned();
        match self.terminal.confirm(question) {
            Some(true) => Ok(()),
            Some(false) => Err(Error::Unconfirmed { message: "the answer was no".to_owned(), hint }),
            None => {
                let asked = question.trim_end_matches('?');
                Err(Error::Unconfirmed { message: format!("there is nobody to ask: {asked}"), hint })
            }
        }
    }
}

/// Returns the surroundings of the private server.
pub(super) fn server_environment() -> Result<server::Environment, Error> {
    let executable = std::env::current_exe()
        .map_err(|error| Error::usage(format!("crmdb can't find its own executable: {error}")))?;
    Ok(server::Environment::read(executable)?)
}

/// Returns the present time in UTC.
pub(super) fn now() -> jiff::Zoned {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC)
}

/// Returns the present time as files and the ledger write it: in UTC, to the second.
pub(super) fn made_at() -> String {
    now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Returns the name of this machine.
pub(super) fn host() -> String {
    nix::unistd::gethostname().map(|host| host.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Returns who writes the ledger's rows.
pub(crate) fn author(manifest: &Manifest) -> Author {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten();
    let user = user.map_or_else(|| nix::unistd::getuid().to_string(), |user| user.name);
    Author { client: format!("{user}@{}", host()), store_sql: manifest.ledger.store_sql, reason: None }
}

/// Returns the limits that flags, `schema.toml` and defaults give, in this order.
pub(crate) fn limits(args: &RunArgs, manifest: &Manifest) -> Limits {
    let settings = &manifest.execution;
    Limits {
        lock_timeout: args.lock_timeout.or(settings.lock_timeout).unwrap_or(Duration::from_secs(2)),
        statement_timeout: args.statement_timeout.or(settings.statement_timeout).unwrap_or(Duration::ZERO),
        lock_retries: args.lock_retries.or(settings.lock_retries).unwrap_or(10),
    }
}

/// Returns how long to wait for another run.
pub(super) fn lock_wait(flag: Option<Duration>, manifest: &Manifest) -> Duration {
    flag.or(manifest.execution.lock_wait).unwrap_or(LOCK_WAIT)
}

/// Returns the goal that `--to` and `--steps` name. A version without a module means the only module there is.
pub(super) fn goal(
    to: Option<&GoalArg>,
    steps: Option<usize>,
    modules: &[&str],
) -> Result<Option<Goal>, Error> {
    let Some(to) = to else { return Ok(steps.map(Goal::Steps)) };
    let module = match (&to.module, modules) {
        (Some(module), _) if modules.contains(&module.as_str()) => module.clone(),
        (Some(module), _) => {
            return Err(Error::usage(format!("there is no module `{module}` among those that are meant")));
        }
        (None, [only]) => (*only).to_owned(),
        (None, _) => {
            let message = format!("`{}` could mean several modules", to.version.0);
            let hint = Some(format!(
                "name one of them, as in `{}:{}`",
                modules.first().unwrap_or(&"module"),
                to.version.0
            ));
            return Err(Error::Usage { message, hint });
        }
    };
    Ok(Some(Goal::To { module, version: to.version }))
}
