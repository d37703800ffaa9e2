//! The report of made-up rows.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::style::Role;
use super::text::{count, duration};
use super::{Report, Style, to_json};
use crate::error::Exit;
use crate::model::seed::done::Filled;

/// Which tables got made-up rows, or would.
#[derive(Debug, Serialize)]
pub struct Generated {
    /// Host, port and database.
    pub target: String,
    /// The number that the rows come from.
    pub seed: u64,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The tables, in the order they are filled.
    pub tables: Vec<TableRows>,
    /// Wall time of the whole run in milliseconds, connection included.
    pub duration_ms: u64,
}

/// A table with made-up rows.
#[derive(Debug, Serialize)]
pub struct TableRows {
    /// The table.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// Why there are no more of them.
    pub stopped: Option<String>,
    /// Wall time in milliseconds; 0 where nothing was done.
    pub duration_ms: f64,
}

impl TableRows {
    /// Makes the row of a table that would be filled.
    pub fn planned(table: String, rows: u64) -> Self {
        Self { table, rows, stopped: None, duration_ms: 0.0 }
    }
}

impl From<&Filled> for TableRows {
    fn from(filled: &Filled) -> Self {
        Self {
            table: filled.table.clone(),
            rows: filled.rows,
            stopped: filled.stopped.clone(),
            duration_ms: (filled.took.as_secs_f64() * 1e6).round() / 1e3,
        }
    }
}

impl Report for Generated {
    fn command(&self) -> &'static str {
        "seed generate"
    }

    fn human(&self, style: Style) -> String {
        let mut text = String::new();
        let word = if self.dry_run { "would fill" } else { "filled" };
        let rows = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX), "row");
        for table in &self.tables {
            let took = duration(Duration::from_secs_f64(table.duration_ms / 1000.0));
            let took =
                if self.dry_run { String::new() } else { format!("  {}", style.paint(Role::Aside, took)) };
            text +=
                &format!("{} {}  {}{took}\n", style.paint(Role::Good, word), table.table, rows(table.rows));
            if let Some(reason) = &table.stopped {
                text += &format!(
                    "{} no more rows for {}: {reason}\n",
                    style.paint(Role::Warning, "note:"),
                    table.table
                );
            }
        }
        let (all, tables) =
            (rows(self.tables.iter().map(|table| table.rows).sum()), count(self.tables.len(), "table"));
        if self.dry_run {
            return text + &format!("would make up {all} in {tables} on {}; nothing was run\n", self.target);
        }
        let took = duration(Duration::from_millis(self.duration_ms));
        text + &format!("made up {all} in {tables} on {} in {took}\n", self.target)
    }

    fn json(&self) -> Value {
        to_json(self)
    }

    fn exit(&self) -> Exit {
        if self.tables.iter().any(|table| table.stopped.is_some()) { Exit::Found } else { Exit::Done }
    }
}
