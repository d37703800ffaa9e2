//! The report of a target's seeds: what is loaded, and which rows differ from their files.

use serde::Serialize;
use serde_json::Value;

use super::seed::why;
use super::style::Role;
use super::table::Column::{Fixed, Flowing};
use super::table::table;
use super::text::{count, printable, time};
use super::{Report, Style, to_json};
use crate::error::Exit;
use crate::model::seed::status::{Differences, FileState, TableDrift};

/// The state of a target's seeds.
#[derive(Debug, Serialize)]
pub struct SeedStatus {
    /// Host, port and database.
    pub target: String,
    /// The profile.
    pub profile: String,
    /// The files, in the order they are loaded.
    pub seeds: Vec<FileState>,
    /// The modules that have seeds and are not installed.
    pub absent: Vec<String>,
    /// The tables with rows that differ.
    pub tables: Vec<TableDrift>,
}

impl SeedStatus {
    fn differing(&self) -> u64 {
        self.tables.iter().map(TableDrift::total).sum()
    }
}

fn lines(word: &str, differences: &Differences) -> String {
    let mut text = String::new();
    for row in &differences.rows {
        let columns =
            if row.columns.is_empty() { String::new() } else { format!(": {}", row.columns.join(", ")) };
        text += &format!("  {word:<8} {}{}\n", printable(&row.key), printable(&columns));
    }
    let rest = differences.total.saturating_sub(differences.rows.len() as u64);
    if rest > 0 {
        text += &format!("  {word:<8} … and {rest} more\n");
    }
    text
}

impl Report for SeedStatus {
    fn command(&self) -> &'static str {
        "seed status"
    }

    fn human(&self, style: Style) -> String {
        let mut text = format!("{}, profile {}\n", style.paint(Role::Strong, &self.target), self.profile);
        let rows = self.seeds.iter().map(|seed| {
            let state = seed.pending.map_or("loaded", why);
            vec![seed.path.clone(), state.to_owned(), seed.loaded_at.map(time).unwrap_or_default()]
        });
        text += &table(style, &[Flowing("seed"), Fixed("state"), Fixed("at")], rows);
        for module in &self.absent {
            text += &format!("module `{module}` has seeds and is not installed\n");
        }
        for drift in &self.tables {
            let head = format!("{} differs from {}", drift.table, drift.paths.join(", "));
            text += &format!("{}\n", style.paint(Role::Warning, head));
            text += &lines("missing", &drift.missing);
            text += &lines("changed", &drift.changed);
            text += &lines("extra", &drift.extra);
        }
        let pending = self.seeds.iter().filter(|seed| seed.pending.is_some()).count();
        let loaded = self.seeds.len() - pending;
        let differing = count(usize::try_from(self.differing()).unwrap_or(usize::MAX), "row");
        text + &format!("{loaded} loaded, {pending} to load; {differing} of CSV seeds differ\n")
    }

    fn json(&self) -> Value {
        to_json(self)
    }

    fn exit(&self) -> Exit {
        if self.tables.is_empty() { Exit::Done } else { Exit::Found }
    }
}
