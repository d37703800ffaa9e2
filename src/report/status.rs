//! The report of a target's state: applied, pending, and what does not fit.

use serde::Serialize;
use serde_json::Value;

use super::foreign_keys::{self, KeyStatus};
use super::rescue::RescueStatus;
use super::style::Role;
use super::table::Column::{Fixed, Flowing};
use super::table::table;
use super::text::{count, minute, rows};
use super::{Report, Style, to_json};
use crate::error::Exit;
use crate::model::Holder;
use crate::model::plan::Finding;

/// The state of a target.
#[derive(Debug, Serialize)]
pub struct Status {
    /// Host, port and database.
    pub target: String,
    /// Whether the target has a ledger.
    pub ledger: bool,
    /// The modules, in the order of installation.
    pub modules: Vec<ModuleStatus>,
    /// Where the deferred foreign keys stand.
    pub foreign_keys: Vec<KeyStatus>,
    /// What does not fit between files and ledger.
    pub findings: Vec<FindingStatus>,
    /// What is kept of destroyed data, the newest first.
    pub rescues: Vec<RescueStatus>,
    /// Who is at work on the target.
    pub lock: Option<Holder>,
    /// Whether a pending migration is to be told by the exit code.
    #[serde(skip)]
    pub pending_is_found: bool,
}

/// The state of one module under one schema.
#[derive(Debug, Serialize)]
pub struct ModuleStatus {
    /// The module's name.
    pub module: String,
    /// The schema it is installed under.
    pub schema: String,
    /// What is applied, in the order of application.
    pub applied: Vec<AppliedStatus>,
    /// The files that are not applied, by version.
    pub pending: Vec<String>,
    /// The migration that stopped in the middle, and how many statements of it are done.
    pub unfinished: Option<UnfinishedStatus>,
}

/// One applied migration.
#[derive(Debug, Serialize)]
pub struct AppliedStatus {
    /// The version within the module.
    pub version: i64,
    /// The file's name when it was applied.
    pub file: String,
    /// When.
    pub applied_at: jiff::Timestamp,
    /// The database role.
    pub applied_by: String,
    /// Wall time on the server in milliseconds.
    pub duration_ms: Option<i64>,
    /// `up` or `baseline`.
    pub origin: crate::model::Origin,
}

/// A migration that stopped in the middle.
#[derive(Debug, Serialize)]
pub struct UnfinishedStatus {
    /// The file's name.
    pub file: String,
    /// Which way it was going.
    pub direction: crate::model::Direction,
    /// How many of its statements are done.
    pub finished_statements: usize,
    /// How many rows a change in batches has gone through; `None` of another migration.
    pub rows: Option<u64>,
}

/// A finding with its text and the way out.
#[derive(Debug, Serialize)]
pub struct FindingStatus {
    /// The data.
    #[serde(flatten)]
    pub finding: Finding,
    /// The text.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl From<&Finding> for FindingStatus {
    fn from(finding: &Finding) -> Self {
        Self { message: finding.to_string(), hint: finding.hint(), finding: finding.clone() }
    }
}

impl Status {
    fn pending(&self) -> usize {
        self.modules.iter().map(|module| module.pending.len()).sum()
    }

    /// The schema is told where it is not named as the module.
    fn overview(&self, style: Style) -> String {
        let rows = self.modules.iter().map(|module| {
            let latest = module.applied.iter().max_by_key(|row| row.version);
            let name = if module.module == module.schema {
                module.module.clone()
            } else {
                format!("{} in {}", module.module, module.schema)
            };
            vec![
                name,
                module.applied.len().to_string(),
                module.pending.len().to_string(),
                latest.map(|row| row.file.trim_end_matches(".sql").to_owned()).unwrap_or_default(),
                module.applied.last().map(|row| minute(row.applied_at)).unwrap_or_default(),
            ]
        });
        let columns =
            [Flowing("module"), Fixed("applied"), Fixed("pending"), Flowing("latest"), Fixed("last applied")];
        table(style, &columns, rows)
    }
}

/// How many pending migrations of a module are named before the rest is counted.
const NAMED: usize = 20;

impl Report for Status {
    fn command(&self) -> &'static str {
        "status"
    }

    fn human(&self, style: Style) -> String {
        let mut text = format!("{}\n", style.paint(Role::Strong, &self.target));
        text += &self.overview(style);
        for module in self.modules.iter() {
            for file in module.pending.iter().take(NAMED) {
                let label = crate::model::step::label(&module.module, file);
                text += &format!("{} {label}\n", style.paint(Role::Warning, "pending"));
            }
            if module.pending.len() > NAMED {
                text += &format!("… and {} more of `{}`\n", module.pending.len() - NAMED, module.module);
            }
            if let Some(open) = &module.unfinished {
                let label = crate::model::step::label(&module.module, &open.file);
                let statements = count(open.finished_statements, "statement");
                let done = open.rows.map_or(statements, rows);
                let word = style.paint(Role::Warning, "unfinished");
                text += &format!("{word} {label} ({}): stopped after {done}\n", open.direction.as_str());
            }
        }
        text += &foreign_keys::overview(&self.foreign_keys, style);
        for finding in &self.findings {
            text += &format!("{} {}\n", style.paint(Role::Bad, "finding:"), finding.message);
            text += &format!("  {}\n", style.paint(Role::Aside, &finding.hint));
        }
        for rescue in &self.rescues {
            text += &rescue.reminder(style);
        }
        if let Some(holder) = &self.lock {
            text += &format!("a run is at work: {holder}\n");
        }
        let applied: usize = self.modules.iter().map(|module| module.applied.len()).sum();
        text + &format!("{applied} applied, {} pending\n", self.pending())
    }

    fn json(&self) -> Value {
        let mut value = to_json(self);
        value["pending"] = self.pending().into();
        value
    }

    fn exit(&self) -> Exit {
        let pending = self.pending_is_found && self.pending() > 0;
        let wrong = self.foreign_keys.iter().any(|key| key.finding);
        if pending || wrong || !self.findings.is_empty() { Exit::Found } else { Exit::Done }
    }
}
