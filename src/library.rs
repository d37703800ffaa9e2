//! Migrations at an application's start-up: the same plan, lock, ledger and executor as the command line's.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::cli::args::RunArgs;
use crate::commands::apply::{Request, apply};
use crate::commands::context::{author, limits};
use crate::commands::foreign_keys::Keys;
use crate::db::connect::{Environment, Options};
use crate::db::run::{Execution, Grouping, Haste};
use crate::db::session::Session;
use crate::error::Error;
use crate::model::contract::Finding;
use crate::model::plan::{Goal, UpRequest};
use crate::model::progress::Progress;
use crate::project::{self, Opened};
use crate::report::foreign_keys::KeyStatus;
use crate::report::run::RanMigration;

/// A project's migrations, to be applied to one database or to many.
///
/// ```no_run
/// # async fn start() -> Result<(), crmdb::error::Error> {
/// let migrations = crmdb::Migrations::open("path/to/project".as_ref())?;
/// let report = migrations.up("postgresql://app@localhost/app").await?;
/// for migration in &report.migrations {
///     println!("applied {} in {} ms", migration.label, migration.duration_ms);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Migrations {
    opened: Opened,
    modules: Vec<String>,
    schemas: BTreeMap<String, String>,
    lock_wait: Duration,
}

impl Migrations {
    /// Reads the project in `folder`. Every problem of every file is in the error.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Ok(Self::of(project::open(folder)?))
    }

    /// Makes a project of files that are part of the program, such as [`include_str!`] gives: pairs of a path as it would
    /// be in the project's folder (`migrations/V1__a.sql`, `rollbacks/V1__a.sql`, `schema.toml`) and a text.
    pub fn embedded(files: &[(&str, &str)]) -> Result<Self, Error> {
        Ok(Self::of(project::embedded(files)?))
    }

    fn of(opened: Opened) -> Self {
        Self { opened, modules: Vec::new(), schemas: BTreeMap::new(), lock_wait: Duration::from_secs(60) }
    }

    /// Applies only this module, of those named so far, and what they depend on.
    #[must_use]
    pub fn module(mut self, name: impl Into<String>) -> Self {
        self.modules.push(name.into());
        self
    }

    /// Installs a module under another schema than its own.
    #[must_use]
    pub fn schema(mut self, module: impl Into<String>, schema: impl Into<String>) -> Self {
        self.schemas.insert(module.into(), schema.into());
        self
    }

    /// Waits so long for another run to end; a minute if nothing else is said.
    #[must_use]
    pub fn lock_wait(mut self, wait: Duration) -> Self {
        self.lock_wait = wait;
        self
    }

    /// Applies what is pending. Any number of processes may call it at once: each migration runs once.
    ///
    /// `target` is a connection URL or a key=value string; what it leaves out comes from libpq's `PG*` variables.
    pub async fn up(&self, target: &str) -> Result<Applied, Error> {
        self.up_with(target, &mut |_| {}).await
    }

    /// Applies what is pending and tells `listener` what happens meanwhile.
    pub async fn up_with(
        &self,
        target: &str,
        listener: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Applied, Error> {
        let installations = self.opened.project.installations(&self.modules, &self.schemas)?;
        let options = Options::resolve(Some(target), &Environment::read())?.options;
        let manifest = &self.opened.manifest;
        let execution = Execution {
            author: author(manifest),
            limits: limits(&RunArgs::default(), manifest),
            grouping: Grouping::Each,
            haste: Haste::default(),
            rescue: None,
        };
        let mut session = Session::open(&options).await?;
        let request = Request {
            installations: &installations,
            up: UpRequest { goal: Goal::All, out_of_order: false, allow_missing: false },
            execution,
            lock_wait: self.lock_wait,
            keys: Keys::declared(&self.opened.project, &installations, &self.schemas),
            contract: Some(&self.opened),
        };
        let done = apply((&mut session, &options), &request, listener).await?;
        Ok(Applied {
            migrations: done
                .steps
                .iter()
                .map(|step| RanMigration::new(&done.plan.steps[step.index], step))
                .collect(),
            foreign_keys: done.foreign_keys,
            notes: done.plan.notes.iter().map(ToString::to_string).collect(),
            findings: done.verified.unwrap_or_default().findings.into_iter().map(|row| row.finding).collect(),
        })
    }
}

/// What [`Migrations::up`] did.
#[derive(Debug)]
pub struct Applied {
    /// The migrations that were applied, in the order they ran; none where nothing was pending.
    pub migrations: Vec<RanMigration>,
    /// Where every deferred foreign key stands.
    pub foreign_keys: Vec<KeyStatus>,
    /// What was noticed and did not stop the run.
    pub notes: Vec<String>,
    /// What is not as `schema.toml` declares it.
    pub findings: Vec<Finding>,
}
