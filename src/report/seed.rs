//! The reports of seeds: what would be loaded, and what was.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::style::Role;
use super::text::{count, duration, rows};
use super::{Report, Style, to_json};
use crate::model::seed::reset::Emptied;
use crate::model::seed::{Reason, SeedDone, SeedFinding, SeedPlan, SeedStep, SeedWork};

/// A finding with its text and the way out.
#[derive(Debug, Serialize)]
pub struct FindingText {
    /// The data.
    #[serde(flatten)]
    pub finding: SeedFinding,
    /// The text.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl From<&SeedFinding> for FindingText {
    fn from(finding: &SeedFinding) -> Self {
        Self { message: finding.to_string(), hint: finding.hint(), finding: finding.clone() }
    }
}

/// Returns the tables that lose rows, a line each.
pub fn losses(emptied: &[Emptied]) -> String {
    let lines = emptied.iter().filter(|table| table.rows > 0).map(|table| {
        let why = if table.owned { "" } else { ", because they refer to rows that die" };
        format!("  {}: {}{why}\n", table.table, rows(table.rows))
    });
    lines.collect()
}

/// What a run would load.
#[derive(Debug, Serialize)]
pub struct PlannedSeeds {
    /// Host, port and database.
    pub target: String,
    /// The profile.
    pub profile: String,
    /// The tables that would lose rows.
    pub emptied: Vec<Emptied>,
    /// The files, in the order they would run.
    pub seeds: Vec<PlannedSeed>,
    /// The files that are loaded as they are.
    pub unchanged: Vec<String>,
    /// The modules that have seeds and are not installed.
    pub absent: Vec<String>,
}

/// A file that would be loaded.
#[derive(Debug, Serialize)]
pub struct PlannedSeed {
    /// The module's name.
    pub module: String,
    /// The schema it is installed under.
    pub schema: String,
    /// The file.
    pub path: String,
    /// Why.
    pub reason: Reason,
    /// The table of a CSV file.
    pub table: Option<String>,
    /// The SQL of a SQL file.
    pub sql: Option<String>,
}

impl PlannedSeeds {
    /// Makes the report of `plan`.
    pub fn new(target: String, plan: &SeedPlan) -> Self {
        Self {
            target,
            profile: plan.profile.clone(),
            emptied: plan.emptied.clone(),
            seeds: plan.steps.iter().map(planned).collect(),
            unchanged: plan.unchanged.clone(),
            absent: plan.absent.clone(),
        }
    }
}

fn planned(step: &SeedStep) -> PlannedSeed {
    let (table, sql) = match &step.work {
        SeedWork::Sql(script) => (None, Some(script.text.to_string())),
        SeedWork::Csv(work) => (Some(work.table.label()), None),
    };
    PlannedSeed {
        module: step.file.module.clone(),
        schema: step.schema.clone(),
        path: step.file.path.clone(),
        reason: step.reason,
        table,
        sql,
    }
}

pub(super) fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::New => "new",
        Reason::Changed => "changed since it was loaded",
        Reason::TablesReplaced => "its tables were made again",
        Reason::Reset => "its tables are emptied first",
    }
}

impl Report for PlannedSeeds {
    fn command(&self) -> &'static str {
        "seed"
    }

    fn human(&self, style: Style) -> String {
        let mut text = String::new();
        if self.emptied.iter().any(|table| table.rows > 0) {
            text += &format!("{}\n{}\n", style.paint(Role::Bad, "would delete"), losses(&self.emptied));
        }
        for seed in &self.seeds {
            let head = format!("-- {} (schema {}, {})", seed.path, seed.schema, why(seed.reason));
            text += &format!("{}\n", style.paint(Role::Strong, head));
            match (&seed.sql, &seed.table) {
                (Some(sql), _) => text += &format!("{}\n\n", sql.trim_end()),
                (None, table) => text += &format!("-- rows for {}\n\n", table.as_deref().unwrap_or_default()),
            }
        }
        text += &absent(&self.absent);
        let (seeds, unchanged) = (count(self.seeds.len(), "seed"), self.unchanged.len());
        text + &format!("-- would load {seeds} on {}, {unchanged} unchanged; nothing was run\n", self.target)
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}

fn absent(modules: &[String]) -> String {
    modules.iter().map(|module| format!("-- passed over: module `{module}` is not installed\n")).collect()
}

/// What a run loaded.
#[derive(Debug, Serialize)]
pub struct Seeded {
    /// Host, port and database.
    pub target: String,
    /// The profile.
    pub profile: String,
    /// The tables that lost rows first.
    pub emptied: Vec<Emptied>,
    /// The files, in the order they ran.
    pub seeds: Vec<SeededFile>,
    /// The files that are loaded as they are.
    pub unchanged: Vec<String>,
    /// The modules that have seeds and are not installed.
    pub absent: Vec<String>,
    /// The files that were loaded once and are gone; their rows stay.
    pub gone: Vec<String>,
    /// Wall time of the whole run in milliseconds, connection included.
    pub duration_ms: u64,
}

/// A file that was loaded.
#[derive(Debug, Serialize)]
pub struct SeededFile {
    /// The module's name.
    pub module: String,
    /// The schema it is installed under.
    pub schema: String,
    /// The file.
    pub path: String,
    /// Why.
    pub reason: Reason,
    /// The rows of a CSV file.
    pub rows: Option<u64>,
    /// How many of them added or changed a row.
    pub written: Option<u64>,
    /// Wall time in milliseconds.
    pub duration_ms: f64,
}

impl Seeded {
    /// Makes the report of a plan that was carried out.
    pub fn new(target: String, plan: &SeedPlan, (done, duration_ms): (&[SeedDone], u64)) -> Self {
        let seeds = done.iter().map(|done| {
            let step = &plan.steps[done.index];
            SeededFile {
                module: step.file.module.clone(),
                schema: step.schema.clone(),
                path: step.file.path.clone(),
                reason: step.reason,
                rows: done.rows.map(|rows| rows.read),
                written: done.rows.map(|rows| rows.written),
                duration_ms: (done.took.as_secs_f64() * 1e6).round() / 1e3,
            }
        });
        Self {
            target,
            profile: plan.profile.clone(),
            emptied: plan.emptied.clone(),
            seeds: seeds.collect(),
            unchanged: plan.unchanged.clone(),
            absent: plan.absent.clone(),
            gone: plan.gone.iter().map(|row| format!("{}/{}", row.module, row.file)).collect(),
            duration_ms,
        }
    }
}

impl Report for Seeded {
    fn command(&self) -> &'static str {
        "seed"
    }

    fn human(&self, style: Style) -> String {
        let mut text = String::new();
        for table in self.emptied.iter().filter(|table| table.rows > 0) {
            let word = style.paint(Role::Bad, "emptied");
            text += &format!("{word} {}: {} deleted\n", table.table, rows(table.rows));
        }
        for seed in &self.seeds {
            let read = match (seed.rows, seed.written) {
                (Some(read), Some(written)) if written != read => {
                    format!("  {}, {written} written", rows(read))
                }
                (Some(read), _) => format!("  {}", rows(read)),
                (None, _) => String::new(),
            };
            let took = duration(Duration::from_secs_f64(seed.duration_ms / 1000.0));
            let word = style.paint(Role::Good, "loaded");
            text += &format!("{word} {}{read}  {}\n", seed.path, style.paint(Role::Aside, took));
        }
        for module in &self.absent {
            let word = style.paint(Role::Warning, "note:");
            text += &format!("{word} module `{module}` has seeds and is not installed\n");
        }
        for path in &self.gone {
            let word = style.paint(Role::Warning, "note:");
            text += &format!("{word} seed `{path}` was loaded once and its file is gone; its rows stay\n");
        }
        let took = duration(Duration::from_millis(self.duration_ms));
        let unchanged = match self.unchanged.len() {
            0 => String::new(),
            some => format!("; {some} unchanged"),
        };
        match self.seeds.len() {
            0 => text + &format!("nothing to load on {}{unchanged}\n", self.target),
            some => {
                text + &format!("loaded {} on {} in {took}{unchanged}\n", count(some, "seed"), self.target)
            }
        }
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}
