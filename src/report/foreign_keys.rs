//! Deferred foreign keys in reports: where each stands, what was done about it, and what is in the way.

use serde::Serialize;

use super::Style;
use super::style::Role;
use super::table::Column::Flowing;
use super::table::table;
use super::text::{count, printable};
use crate::error::Exit;

/// Where one deferred foreign key stands.
#[derive(Clone, Debug, Serialize)]
pub struct KeyStatus {
    /// The module that declares it.
    pub module: String,
    /// The schema of the referencing table.
    pub schema: String,
    /// The referencing table.
    pub table: String,
    /// The constraint's name.
    pub name: String,
    /// What is declared.
    pub definition: String,
    /// `waiting`, `due`, `not-valid`, `blocked`, `valid`, `missing` or `different`.
    pub state: &'static str,
    /// The state in words, with what it waits for or what was found.
    pub message: String,
    /// Whether somebody has to do something about it.
    pub finding: bool,
    /// What to do, where it is a finding.
    pub hint: Option<String>,
    /// How many rows violate it, as they were counted last.
    pub orphans: Option<i64>,
    /// Values of the referencing columns that nothing has, five at most; empty where this run did not count.
    pub samples: Vec<OrphanSample>,
    /// The SELECT that shows all of the rows that violate it; `None` where this run did not count.
    pub query: Option<String>,
    /// What this run did, in order: `added`, `validated`, `adopted`, `taken back`.
    pub done: Vec<&'static str>,
    /// Why the server would not go on.
    pub error: Option<KeyError>,
}

/// A value that refers to nothing.
#[derive(Clone, Debug, Serialize)]
pub struct OrphanSample {
    /// In the order of the key's columns.
    pub values: Vec<Option<String>>,
    /// How many rows hold it.
    pub rows: i64,
}

/// What the server said.
#[derive(Clone, Debug, Serialize)]
pub struct KeyError {
    /// The five characters of the SQLSTATE.
    pub sqlstate: String,
    /// The primary message.
    pub message: String,
    /// DETAIL, if any.
    pub detail: Option<String>,
}

/// Returns how a command ends that left the keys as they are.
pub fn exit(keys: &[KeyStatus]) -> Exit {
    if keys.iter().any(|key| key.error.is_some()) {
        Exit::SqlFailed
    } else if keys.iter().any(|key| key.finding) {
        Exit::Found
    } else {
        Exit::Done
    }
}

impl KeyStatus {
    fn label(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// What a person should know after a run: what was done, and what is in the way.
    fn lines(&self, style: Style) -> String {
        let mut text = String::new();
        if !self.done.is_empty() {
            let done = self.done.join(", ");
            let message = if self.state == "waiting" { format!(", {}", self.message) } else { String::new() };
            text += &format!("{} {}  {done}{message}\n", style.paint(Role::Good, "key      "), self.label());
        }
        if let Some(error) = &self.error {
            let head = style.paint(Role::Bad, "failed:");
            text += &format!("{head} foreign key {}: {}\n", self.label(), printable(&error.message));
            if let Some(detail) = &error.detail {
                text += &format!("  detail: {}\n", printable(detail));
            }
            text += &format!("  sqlstate {}\n", error.sqlstate);
        }
        if self.finding {
            text += &self.finding(style);
        }
        text
    }

    fn finding(&self, style: Style) -> String {
        let head = style.paint(Role::Bad, "finding:");
        let mut text = format!("{head} foreign key {} is {}\n", self.label(), printable(&self.message));
        for sample in &self.samples {
            let value = |value: &Option<String>| value.as_deref().map_or("null".to_owned(), printable);
            let values: Vec<_> = sample.values.iter().map(value).collect();
            let rows = count(usize::try_from(sample.rows).unwrap_or_default(), "row");
            text += &format!("  ({}) in {rows}\n", values.join(", "));
        }
        if let Some(query) = &self.query {
            text += &format!("  all of them: {};\n", printable(query));
        }
        if let Some(hint) = &self.hint {
            text += &format!("  {}\n", style.paint(Role::Aside, hint));
        }
        text
    }
}

/// Returns the lines about the keys that a run did something about, or that somebody has to look at.
pub(super) fn lines(keys: &[KeyStatus], style: Style) -> String {
    keys.iter().map(|key| key.lines(style)).collect()
}

/// Returns all keys with their states, and what is wrong with some of them below; nothing where there are none.
pub(super) fn overview(keys: &[KeyStatus], style: Style) -> String {
    if keys.is_empty() {
        return String::new();
    }
    let rows = keys.iter().map(|key| vec![key.label(), printable(&key.message)]);
    let text = table(style, &[Flowing("deferred foreign key"), Flowing("state")], rows);
    let findings: String = keys.iter().filter(|key| key.finding).map(|key| key.finding(style)).collect();
    text + &findings
}

/// Returns what a run would do about the keys, as comments of SQL.
pub(super) fn plan(keys: &[KeyStatus]) -> String {
    keys.iter().map(|key| format!("-- foreign key {}: {}\n", key.label(), printable(&key.message))).collect()
}
