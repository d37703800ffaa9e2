//! The report of a run: what was applied or taken back.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::foreign_keys::{KeyStatus, exit, lines};
use super::listing::Listing;
use super::rescue::RescueStatus;
use super::style::Role;
use super::text::{count, duration, rows};
use super::verify::Verified;
use super::{Report, Style, to_json};
use crate::db::run::Done;
use crate::error::Exit;
use crate::model::step::Batched;
use crate::model::{Direction, Step};

/// What a run did.
#[derive(Debug, Serialize)]
pub struct Ran {
    /// The command's path.
    #[serde(skip)]
    pub command: &'static str,
    /// Host, port and database.
    pub target: String,
    /// The migrations, in the order they ran.
    pub migrations: Vec<RanMigration>,
    /// Where the deferred foreign keys stand; after `down` those that it was about.
    pub foreign_keys: Vec<KeyStatus>,
    /// How many pending (up) or applied (down) migrations are left as they are.
    pub left: usize,
    /// What was noticed and did not stop the run.
    pub notes: Vec<String>,
    /// What was verified afterwards; `None` where that was turned off or nothing is declared.
    pub verified: Option<Verified>,
    /// What was kept of the data that it destroyed; `None` where nothing was.
    pub rescue: Option<RescueStatus>,
    /// Wall time of the whole run in milliseconds, connection included.
    pub duration_ms: u64,
}

/// A migration that ran.
#[derive(Debug, Serialize)]
pub struct RanMigration {
    /// Which way.
    pub direction: Direction,
    /// The module's name.
    pub module: String,
    /// The schema it is installed under.
    pub schema: String,
    /// The version within the module.
    pub version: i64,
    /// The file's name.
    pub file: String,
    /// Wall time in milliseconds.
    pub duration_ms: f64,
    /// What a data change in batches did; `None` for other migrations.
    pub batch: Option<Batched>,
    /// The label, for people.
    #[serde(skip)]
    pub label: String,
}

fn batches(done: Batched) -> String {
    let batches = if done.batches == 1 { "batch" } else { "batches" };
    format!("  {} changed in {} {batches}", rows(done.changed), done.batches)
}

impl RanMigration {
    /// Makes the row of a step that is done.
    pub fn new(step: &Step, done: &Done) -> Self {
        Self {
            direction: step.direction,
            module: step.module.clone(),
            schema: step.schema.clone(),
            version: step.version.0,
            file: step.file.clone(),
            duration_ms: (done.took.as_secs_f64() * 1e6).round() / 1e3,
            batch: done.batched,
            label: step.label(),
        }
    }
}

/// Returns the word for a step that is done.
pub fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "applied",
        Direction::Down => "took back",
    }
}

/// Returns the word for a step that is under way.
pub fn doing(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "applying",
        Direction::Down => "taking back",
    }
}

impl Ran {
    fn summary(&self) -> String {
        let took = duration(Duration::from_millis(self.duration_ms));
        let done = |direction| self.migrations.iter().filter(|row| row.direction == direction).count();
        let parts: Vec<String> = [Direction::Down, Direction::Up]
            .into_iter()
            .filter(|&direction| done(direction) > 0)
            .map(|direction| format!("{} {}", verb(direction), count(done(direction), "migration")))
            .collect();
        let left = match (self.left, self.command) {
            (0, _) => String::new(),
            (left, "migrate up") => format!("; {left} still pending"),
            (1, _) => "; 1 stays applied".to_owned(),
            (left, _) => format!("; {left} stay applied"),
        };
        if parts.is_empty() {
            let nothing =
                if self.command == "migrate up" { "nothing to apply" } else { "nothing to take back" };
            return format!("{nothing} on {}{left}", self.target);
        }
        format!("{} on {} in {took}{left}", parts.join(" and "), self.target)
    }
}

impl Report for Ran {
    fn command(&self) -> &'static str {
        self.command
    }

    fn human(&self, style: Style) -> String {
        let mut text = String::new();
        for row in &self.migrations {
            let verb = format!("{:<9}", verb(row.direction));
            let took = duration(Duration::from_secs_f64(row.duration_ms / 1000.0));
            text += &format!(
                "{} {}  {}{}\n",
                style.paint(Role::Good, verb),
                row.label,
                style.paint(Role::Aside, took),
                row.batch.map(batches).unwrap_or_default(),
            );
        }
        text += &lines(&self.foreign_keys, style);
        for note in &self.notes {
            text += &format!("{} {note}\n", style.paint(Role::Warning, "note:"));
        }
        text += &self.rescue.as_ref().map(|rescue| rescue.notice(style)).unwrap_or_default();
        let verified = self.verified.as_ref().map(|verified| verified.human(style));
        text + &self.summary() + "\n" + &verified.unwrap_or_default()
    }

    fn json(&self) -> Value {
        to_json(self)
    }

    fn exit(&self) -> Exit {
        match exit(&self.foreign_keys) {
            Exit::Done => self.verified.as_ref().map_or(Exit::Done, Verified::exit),
            found => found,
        }
    }

    fn listing(&self) -> Option<Listing> {
        self.verified.as_ref().map(Verified::listing)
    }
}
