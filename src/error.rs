//! Why a command could not do its work: every layer's error, with exit code, stable code and the way out.

mod database;
mod failure;

pub use failure::{Deed, RunFailure};

use crate::catalog::ddl;
use crate::catalog::read::ReadError;
use crate::db::connect::OptionsError;
use crate::db::error::{DbError, StatementError};
use crate::model::plan::Finding;
use crate::model::project::SelectionError;
use crate::model::seed::SeedFinding;
use crate::project::ProjectError;

/// The exit codes of crmdb. A command that did its work ends with [`Exit::Done`] or [`Exit::Found`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, and nothing was found.
    Done = 0,
    /// Something was found: drift, a broken contract, a pending migration under `status --exit-code`.
    Found = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// No connection, or another run holds the lock.
    NoConnection = 3,
    /// Refused before anything was touched.
    Refused = 4,
    /// SQL failed.
    SqlFailed = 5,
    /// The run was ended by SIGINT. The process ends by that signal too, which shells show as this number.
    Interrupted = 128 + 2,
    /// The run was ended by SIGTERM. The process ends by that signal too, which shells show as this number.
    Terminated = 128 + 15,
}

impl Exit {
    /// Returns the number of the signal by which the process ends; `None` where it ends by itself.
    pub fn signal(self) -> Option<i32> {
        matches!(self, Self::Interrupted | Self::Terminated).then(|| self as i32 - 128)
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The arguments can't be used together or here.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// There is no project in this folder or above it.
    #[error("there is no project in `{folder}` or above it: no `schema.toml` and no folder `migrations`")]
    NoProject {
        /// Where the search began.
        folder: String,
    },
    /// The project's files are not what they should be.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// A module or schema was asked for that can't be.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// The connection settings are not what they should be.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The private server would not do.
    #[error(transparent)]
    Server(#[from] crate::server::ServerError),
    /// A throw-away database can't be had, or can't hold what is asked of it.
    #[error("{0}; nothing was tried")]
    Shadow(#[from] crate::server::ShadowError),
    /// What is about to be applied can't be taken back as it should.
    #[error("{}", refusal(.findings))]
    Unproved {
        /// What was found, a line each.
        findings: Vec<String>,
    },
    /// Files and ledger do not allow what was asked.
    #[error("{}", refusal(.0))]
    Refused(Vec<Finding>),
    /// Seeds and target do not allow what was asked.
    #[error("{}", refusal(.0))]
    SeedsRefused(Vec<SeedFinding>),
    /// A question had to be answered and there was nobody to ask, or the answer was no.
    #[error("{message}; nothing was changed")]
    Unconfirmed {
        /// What needed an answer.
        message: String,
        /// The flag that answers it.
        hint: String,
    },
    /// Data would die, and nobody who may has said that it shall.
    #[error("{message}; nothing was changed\n{}", lost.trim_end())]
    DataLoss {
        /// What would be lost, as text.
        lost: String,
        /// Why that is refused.
        message: String,
        /// The flag that allows it.
        hint: String,
    },
    /// Data is to be kept and can't be.
    #[error("what is destroyed can't be kept: {reason}; nothing was changed")]
    Unkept {
        /// Why not.
        reason: String,
    },
    /// A catalog could not be read.
    #[error(transparent)]
    Catalog(#[from] ReadError),
    /// No statements are written for a difference.
    #[error("{0}; no SQL was written")]
    Unwritable(#[from] ddl::Refusal),
    /// No statements are written for the way back.
    #[error("the way back: {0}; no SQL was written")]
    NoWayBack(ddl::Refusal),
    /// A file of SQL could not be loaded into the shadow.
    #[error("`{path}`:{line}: {message}")]
    Load {
        /// The file.
        path: String,
        /// The line of the statement, from 1.
        line: usize,
        /// What the scanner or the server says.
        message: String,
    },
    /// The statements were tried and do not lead to the other side.
    #[error("{message}; the SQL is not printed")]
    Untrue {
        /// What came of the trial.
        message: String,
    },
    /// Files that crmdb did not write are where it would write.
    #[error("{0}; nothing was written")]
    InTheWay(String),
    /// A migration or rollback that crmdb made was tried and does not do what it should.
    #[error("{message}; nothing was written")]
    Undrafted {
        /// What came of the trial.
        message: String,
    },
    /// A file could not be written.
    #[error("`{path}` can't be written: {reason}")]
    Unwritten {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// The target changed between the look at it and the lock.
    #[error("another run changed {target} between the plan and its start; nothing was changed")]
    Overtaken {
        /// The target.
        target: String,
    },
    /// The database or the connection to it failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A run stopped after some of its steps.
    #[error("{}", .0.error)]
    Run(Box<RunFailure>),
}

fn refusal(findings: &[impl std::fmt::Display]) -> String {
    match findings {
        [only] => format!("{only}; nothing was changed"),
        several => {
            let lines: Vec<_> = several.iter().map(|finding| format!("\n  {finding}")).collect();
            format!("{} findings stand in the way; nothing was changed{}", several.len(), lines.concat())
        }
    }
}

impl Error {
    /// Makes an error of wrong arguments.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None }
    }

    /// Returns the exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. }
            | Self::NoProject { .. }
            | Self::Project(_)
            | Self::Selection(_)
            | Self::Options(_)
            | Self::Unwritten { .. } => Exit::Usage,
            Self::Server(_) => Exit::NoConnection,
            Self::Catalog(error) if error.is_lost() => Exit::NoConnection,
            Self::Untrue { .. } | Self::Undrafted { .. } => Exit::Found,
            Self::Catalog(_) | Self::Load { .. } => Exit::SqlFailed,
            Self::Refused(_)
            | Self::SeedsRefused(_)
            | Self::Unconfirmed { .. }
            | Self::DataLoss { .. }
            | Self::Unkept { .. }
            | Self::Shadow(_)
            | Self::InTheWay(_)
            | Self::Unproved { .. }
            | Self::Unwritable(_)
            | Self::NoWayBack(_)
            | Self::Overtaken { .. } => Exit::Refused,
            Self::Db(error) => database::exit(error),
            Self::Run(failure) => database::exit(&failure.error),
        }
    }

    /// Returns a word for programs that stays the same between versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Usage { .. } => "usage",
            Self::NoProject { .. } => "no-project",
            Self::Project(_) => "project",
            Self::Selection(_) => "selection",
            Self::Options(_) => "connection-settings",
            Self::Server(_) => "private-server",
            Self::Shadow(_) => "shadow",
            Self::Unproved { .. } => "unproved",
            Self::Refused(_) | Self::SeedsRefused(_) => "refused",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::DataLoss { .. } => "data-loss",
            Self::Unkept { .. } => "unkept",
            Self::Overtaken { .. } => "overtaken",
            Self::Catalog(_) => "catalog",
            Self::Unwritable(_) | Self::NoWayBack(_) => "unwritable",
            Self::Load { .. } => "load",
            Self::Untrue { .. } => "untrue",
            Self::Undrafted { .. } => "undrafted",
            Self::Unwritten { .. } => "unwritten",
            Self::InTheWay(_) => "in-the-way",
            Self::Db(error) => database::code(error),
            Self::Run(failure) => database::code(&failure.error),
        }
    }

    /// Returns what the user can do about it, a line each.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Usage { hint, .. } => hint.iter().cloned().collect(),
            Self::NoProject { .. } => {
                vec![
                    "make one with `crmdb init`, or name its folder with `--project`".to_owned(),
                    "without files there are `crmdb history` and `crmdb migrate down --from-ledger`"
                        .to_owned(),
                ]
            }
            Self::Refused(findings) => once(findings.iter().map(Finding::hint)),
            Self::SeedsRefused(findings) => once(findings.iter().map(SeedFinding::hint)),
            Self::Unconfirmed { hint, .. } | Self::DataLoss { hint, .. } => vec![hint.clone()],
            Self::Unkept { .. } => vec!["let it go without a rescue with `--no-rescue`".to_owned()],
            Self::Overtaken { .. } => {
                vec!["look at it with `crmdb migrate status` and run the command again".to_owned()]
            }
            Self::Db(
                DbError::Lost { .. }
                | DbError::Interrupted { .. }
                | DbError::Deadline { wants_lock: false, .. },
            ) => {
                vec!["run the command again: it goes on from whatever is done by itself".to_owned()]
            }
            Self::Db(error) => database::hint(error).into_iter().collect(),
            Self::Run(failure) => {
                database::hint(&failure.error).into_iter().chain([run_hint(failure)]).collect()
            }
            Self::InTheWay(_) => vec!["move them away, or pull into another folder".to_owned()],
            Self::Unwritable(refusal) => vec![refusal.remedy().to_owned()],
            Self::NoWayBack(refusal) => {
                vec![refusal.remedy().to_owned(), "see the way there alone without `--rollback`".to_owned()]
            }
            Self::Untrue { .. } => vec!["see the statements all the same with `--untried`".to_owned()],
            Self::Shadow(error) => error.hints(),
            Self::Unproved { .. } => vec!["see what differs with `crmdb prove --pending`".to_owned()],
            Self::Undrafted { .. } => vec!["write it by hand, and try it with `crmdb prove`".to_owned()],
            Self::Catalog(_) | Self::Load { .. } | Self::Unwritten { .. } => Vec::new(),
            Self::Project(_) | Self::Selection(_) | Self::Options(_) | Self::Server(_) => Vec::new(),
        }
    }

    /// Returns the statement that failed, where it was one of a migration.
    pub fn statement(&self) -> Option<&StatementError> {
        match self {
            Self::Db(DbError::Statement(error)) => Some(error),
            Self::Run(failure) => match &failure.error {
                DbError::Statement(error) => Some(error),
                _ => None,
            },
            _ => None,
        }
    }
}

fn once(hints: impl Iterator<Item = String>) -> Vec<String> {
    let mut hints: Vec<String> = hints.collect();
    hints.dedup();
    hints
}

fn run_hint(failure: &RunFailure) -> String {
    match &failure.error {
        DbError::Statement(error)
            if !error.refusal.passes_with_time()
                && !error.refusal.is_of_the_server()
                && error.done_rows > 0 =>
        {
            let rows = if error.done_rows == 1 { "row that is" } else { "rows that are" };
            format!(
                "put right what it met in the table, and run `{}` again: it goes on behind the {} {rows} done, so the \
                 statement stays as it is",
                failure.again, error.done_rows
            )
        }
        DbError::Statement(error)
            if !error.refusal.passes_with_time() && !error.refusal.is_of_the_server() =>
        {
            format!("correct the file and run `{}` again", failure.again)
        }
        DbError::MadeUpRows { .. } => "leave the table out by naming the others with `--table`".to_owned(),
        DbError::SeedRows { .. } | DbError::SeedTwice { .. } | DbError::Unbatched { .. } => {
            format!("correct the file and run `{}` again", failure.again)
        }
        DbError::SeedKeys { .. } => format!("correct the files and run `{}` again", failure.again),
        DbError::SeedWithoutKey { .. } => "or give the table a primary key that the header names".to_owned(),
        _ => format!("run `{}` again: it goes on from here by itself", failure.again),
    }
}
