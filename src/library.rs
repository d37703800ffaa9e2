//! Migrations at an application's start-up: the same plan, lock, ledger and executor as the command line's.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::cli::args::RunArgs;
use crate::commands::apply::{Look, Request, carry_out, look};
use crate::commands::context::{author, limits};
use crate::commands::foreign_keys::Keys;
use crate::db::connect::{Environment, Options};
use crate::db::record::Author;
use crate::db::run::{Execution, Grouping, Haste};
use crate::db::session::Session;
use crate::db::target;
use crate::error::Error;
use crate::model::Step;
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
    data_loss: DataLoss,
}

/// What is done about a migration whose text drops, deletes or converts, where the target holds rows.
///
/// An application that starts can't ask anybody, so it says beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DataLoss {
    /// Nothing is applied; the error names the statements.
    #[default]
    Refuse,
    /// It is applied, but for a protected target.
    Accept,
    /// It is applied, also where the target is protected.
    AcceptOn {
        /// The name of the database, as a protected one wants to hear it.
        database: String,
        /// Why: goes to the event log.
        reason: String,
    },
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
        Self {
            opened,
            modules: Vec::new(),
            schemas: BTreeMap::new(),
            lock_wait: Duration::from_secs(60),
            data_loss: DataLoss::Refuse,
        }
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

    /// Says what is done about migrations that may destroy rows or values; refused if nothing else is said.
    #[must_use]
    pub fn data_loss(mut self, data_loss: DataLoss) -> Self {
        self.data_loss = data_loss;
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
            author: Author { reason: self.reason(), ..author(manifest) },
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
        let look = look(&session, &request).await?;
        self.consent((&session, options.database()), &look).await?;
        let done = carry_out((&mut session, &options), (&request, look), listener).await?;
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

impl Migrations {
    fn reason(&self) -> Option<String> {
        match &self.data_loss {
            DataLoss::AcceptOn { reason, .. } => Some(reason.clone()),
            DataLoss::Refuse | DataLoss::Accept => None,
        }
    }

    /// Fails where what is pending may destroy what the target holds and nobody has said that it shall. What destroys
    /// and was not seen here does not run either: [`carry_out`] compares.
    async fn consent(&self, (session, database): (&Session, &str), look: &Look) -> Result<(), Error> {
        let destroying: Vec<String> = look.plan.steps.iter().flat_map(Step::destroying).collect();
        if destroying.is_empty() || !target::holds_rows(session).await? {
            return Ok(());
        }
        let protected = self.opened.manifest.database.protected || target::is_protected(session).await?;
        let (why, hint) = match &self.data_loss {
            DataLoss::Accept if !protected => return Ok(()),
            DataLoss::AcceptOn { database: named, .. } if named == database => return Ok(()),
            DataLoss::AcceptOn { database: named, .. } => (
                format!("the loss of data is accepted on `{named}`, and the database is `{database}`"),
                "name the database that is meant",
            ),
            DataLoss::Accept => (
                "data may be lost, and the target is protected".to_owned(),
                "accept it with `DataLoss::AcceptOn`, which names the database and a reason",
            ),
            DataLoss::Refuse => (
                "data may be lost".to_owned(),
                "see what with `crmdb migrate up --dry-run`; accept it with `Migrations::data_loss`",
            ),
        };
        let lost = format!("what may be lost, by what the statements say:\n{}\n", destroying.join("\n"));
        Err(Error::DataLoss { lost, message: why, hint: hint.to_owned() })
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
