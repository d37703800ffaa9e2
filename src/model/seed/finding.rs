//! What can stand between seeds and a target, each with its text and the way out.

use std::fmt;

use serde::Serialize;

use crate::model::Mode;
use crate::model::Script;
use crate::model::plan::{Finding, Refused, screen};

/// One reason why nothing is loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum SeedFinding {
    /// No module has files for the profile.
    NoProfile {
        /// The profile that was asked for.
        profile: String,
        /// The profiles that exist.
        known: Vec<String>,
    },
    /// The module is not installed, so its tables are not there.
    NotInstalled {
        /// The module's name.
        module: String,
        /// The schema it would be in.
        schema: String,
    },
    /// The file's table does not exist.
    NoTable {
        /// The file's path.
        path: String,
        /// The table it names.
        table: String,
        /// Where it was looked for.
        schema: String,
    },
    /// The header can't be the table's columns.
    Header {
        /// The file's path.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A statement that a seed can't hold.
    Statement {
        /// The file's path.
        path: String,
        /// From 1.
        line: usize,
        /// In characters, from 1.
        column: usize,
        /// What is wrong.
        problem: String,
    },
    /// A table that would be emptied is referred to by rows that would stay.
    Referenced {
        /// The table that would be emptied.
        table: String,
        /// The table whose rows refer to it.
        by: String,
        /// How many.
        rows: u64,
    },
    /// The target is protected.
    Protected {
        /// What was asked for.
        action: &'static str,
        /// What says so.
        by: Protection,
    },
    /// No table has this name.
    UnknownTable {
        /// The name that was asked for.
        table: String,
    },
    /// Rows can't be made up for a table.
    NotGenerated {
        /// The table.
        table: String,
        /// Why not.
        reason: String,
    },
}

/// What protects a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// `protected = true` in `schema.toml`.
    Manifest,
    /// The setting `crmdb.protected` of the database itself.
    Database,
}

/// Returns everything that can't stand in a seed, which shares its transaction with the others of the run.
pub fn refused(script: &Script) -> Vec<SeedFinding> {
    let at =
        |line, column, problem| SeedFinding::Statement { path: script.path.clone(), line, column, problem };
    match screen(script) {
        Ok(Mode::Transaction) => Vec::new(),
        Ok(Mode::Journal(_) | Mode::Batch { .. }) => {
            vec![at(1, 1, "a seed can't run outside a transaction".to_owned())]
        }
        Err(findings) => findings
            .into_iter()
            .map(|finding| match finding {
                Finding::Statement { line, column, problem: Refused::TransactionControl(word), .. } => {
                    at(line, column, format!("`{word}` can't stand in a seed"))
                }
                Finding::Statement { line, column, problem, .. } => at(line, column, problem.to_string()),
                other => at(1, 1, other.to_string()),
            })
            .collect(),
    }
}

impl SeedFinding {
    /// Returns what the user can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoProfile { .. } => "name one with `--profile`".to_owned(),
            Self::NotInstalled { .. } => "install it with `crmdb migrate up`".to_owned(),
            Self::NoTable { .. } => {
                "apply pending migrations with `crmdb migrate up`, or correct the file's name".to_owned()
            }
            Self::Header { .. } => "correct the header".to_owned(),
            Self::Statement { .. } => "correct the file: the seeds of a run share one transaction".to_owned(),
            Self::Referenced { by, .. } => {
                format!("delete the rows of `{by}` first, or let its seeds be reset too")
            }
            Self::Protected { by, .. } => {
                let way = match by {
                    Protection::Manifest => "take `protected` out of `[database]` in `schema.toml`",
                    Protection::Database => "take the mark off: `ALTER DATABASE … RESET crmdb.protected`",
                };
                format!("use another database, or {way}")
            }
            Self::UnknownTable { .. } => {
                "name it as the catalog does, `schema.table` where several have it".to_owned()
            }
            Self::NotGenerated { .. } => "name other tables with `--table`".to_owned(),
        }
    }
}

impl fmt::Display for SeedFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProfile { profile, known } if known.is_empty() => {
                write!(f, "there are no seeds of the profile `{profile}`, nor of any other")
            }
            Self::NoProfile { profile, known } => {
                let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
                write!(
                    f,
                    "there are no seeds of the profile `{profile}`; the profiles are {}",
                    known.join(", ")
                )
            }
            Self::NotInstalled { module, schema } => {
                write!(f, "module `{module}` is not installed in schema `{schema}`")
            }
            Self::NoTable { path, table, schema } => {
                write!(f, "`{path}` is for table `{table}`, which is not in schema `{schema}`")
            }
            Self::Header { path, problem } => write!(f, "{path}:1: {problem}"),
            Self::Statement { path, line, column, problem } => write!(f, "{path}:{line}:{column}: {problem}"),
            Self::Referenced { table, by, rows } => {
                let rows = if *rows == 1 { "1 row refers".to_owned() } else { format!("{rows} rows refer") };
                write!(f, "`{table}` can't be emptied: in `{by}` {rows} to it")
            }
            Self::Protected { action, .. } => write!(f, "the target is protected, so `{action}` is refused"),
            Self::UnknownTable { table } => write!(f, "`{table}` names no table of the modules, or several"),
            Self::NotGenerated { table, reason } => {
                write!(f, "no rows can be made up for `{table}`: {reason}")
            }
        }
    }
}
