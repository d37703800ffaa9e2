//! The report of `prove`: which migrations can be taken back, at what loss, and what does not come back as it was.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::diff::Difference;
use super::listing::{Listed, Listing, Place, Suite};
use super::style::Role;
use super::text::{count, duration, printable};
use super::{Report, Style, to_json};
use crate::error::Exit;
use crate::model::proof::Label;

/// What was proved.
#[derive(Debug, Serialize)]
pub struct Proved {
    /// The major version of PostgreSQL that it was proved on.
    pub server: u32,
    /// How many made-up rows each table got; `None` where none were made.
    pub rows: Option<u64>,
    /// In the order they were applied.
    pub migrations: Vec<ProvedMigration>,
    /// What does not hold, in the same order.
    pub findings: Vec<ProofFinding>,
    /// Wall time in milliseconds.
    pub duration_ms: u64,
}

/// A migration that was tried.
#[derive(Debug, Serialize)]
pub struct ProvedMigration {
    /// The module's name.
    pub module: String,
    /// The schema it was installed under.
    pub schema: String,
    /// The version within the module.
    pub version: i64,
    /// The file's name.
    pub file: String,
    /// What was found; `None` where it could not be tried.
    pub label: Option<Label>,
    /// What was lost: `schema.table.column`, or `schema.table` where rows are gone.
    pub lost: Vec<String>,
    /// What could not be tried with rows, and why.
    pub notes: Vec<String>,
    /// The name by which people know it.
    #[serde(skip)]
    pub name: String,
}

/// What sort of thing does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// There is nothing that takes the migration back.
    NoRollback,
    /// The migration fails.
    UpFailed,
    /// Its rollback fails.
    DownFailed,
    /// After the rollback the schema is not what it was.
    NotUndone,
    /// The migration fails when it is applied again, or leads elsewhere.
    NotRepeated,
    /// One before it failed.
    Untried,
}

/// One thing that does not hold.
#[derive(Debug, Serialize)]
pub struct ProofFinding {
    /// What sort of thing.
    pub code: Fault,
    /// The migration's label.
    pub migration: String,
    /// The text.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// What differs between what should be there and what is.
    pub difference: Option<Difference>,
    /// The file that it is about.
    pub path: String,
    /// The line of that file, from 1.
    pub line: usize,
}

impl Fault {
    fn rule(self) -> &'static str {
        match self {
            Self::NoRollback => "prove/no-rollback",
            Self::UpFailed => "prove/up-failed",
            Self::DownFailed => "prove/down-failed",
            Self::NotUndone => "prove/not-undone",
            Self::NotRepeated => "prove/not-repeated",
            Self::Untried => "prove/untried",
        }
    }
}

impl ProofFinding {
    /// Returns the finding for people: its text, the difference indented below it, and what to do.
    pub fn human(&self, style: Style) -> String {
        let mut text = format!("{} {}\n", style.paint(Role::Bad, "finding:"), printable(&self.message));
        let tree = self.difference.as_ref().map(|difference| difference.tree(style)).unwrap_or_default();
        text += &tree.lines().map(|line| format!("  {line}\n")).collect::<String>();
        text + &format!(
            "  {}\n",
            style.paint(Role::Aside, format!("{} ({}:{})", self.hint, self.path, self.line))
        )
    }

    fn listed(&self) -> Listed {
        let tree =
            self.difference.as_ref().map(|difference| difference.tree(Style::PLAIN)).unwrap_or_default();
        Listed {
            rule: self.code.rule(),
            object: self.migration.clone(),
            message: format!("{}\n{tree}", self.message).trim_end().to_owned(),
            hint: self.hint.clone(),
            place: Some(Place { path: self.path.clone(), line: self.line }),
        }
    }
}

impl ProvedMigration {
    fn human(&self, style: Style) -> String {
        let (role, word) = match self.label {
            Some(Label::Irreversible) => (Role::Bad, Label::Irreversible.as_str()),
            Some(Label::Lossy) => (Role::Warning, Label::Lossy.as_str()),
            Some(label) => (Role::Good, label.as_str()),
            None => (Role::Aside, "untried"),
        };
        let mut text = format!("{} {}\n", style.paint(role, format!("{word:<12}")), self.name);
        for lost in &self.lost {
            text += &format!("{:<12} {}\n", "", style.paint(Role::Warning, format!("loses {lost}")));
        }
        for note in &self.notes {
            text += &format!("{:<12} {}\n", "", style.paint(Role::Aside, printable(note)));
        }
        text
    }
}

impl Report for Proved {
    fn command(&self) -> &'static str {
        "prove"
    }

    fn human(&self, style: Style) -> String {
        let mut text: String = self.migrations.iter().map(|migration| migration.human(style)).collect();
        text += &self.findings.iter().map(|finding| finding.human(style)).collect::<String>();
        if self.migrations.is_empty() {
            return "nothing to prove\n".to_owned();
        }
        let proved = count(self.migrations.len(), "migration");
        let rows =
            self.rows.map_or_else(String::new, |rows| format!(" with {} in each table", count_rows(rows)));
        let took = duration(Duration::from_millis(self.duration_ms));
        let outcome = match self.findings.len() {
            0 => "each leads back to where it began".to_owned(),
            number => count(number, "finding"),
        };
        text + &format!("tried {proved} on PostgreSQL {}{rows} in {took}: {outcome}\n", self.server)
    }

    fn json(&self) -> Value {
        to_json(self)
    }

    fn exit(&self) -> Exit {
        if self.findings.is_empty() { Exit::Done } else { Exit::Found }
    }

    fn listing(&self) -> Option<Listing> {
        let suite = |migration: &ProvedMigration| {
            let own = self.findings.iter().filter(|finding| finding.migration == migration.name);
            Suite {
                name: format!("proof of {}", migration.name),
                findings: own.map(ProofFinding::listed).collect(),
            }
        };
        Some(Listing { suites: self.migrations.iter().map(suite).collect() })
    }
}

fn count_rows(rows: u64) -> String {
    count(usize::try_from(rows).unwrap_or(usize::MAX), "row")
}
