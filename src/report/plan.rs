//! The report of a plan that is not run: every step with its SQL.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::blast;
use super::foreign_keys::{self, KeyStatus};
use super::style::Role;
use super::text::{count, rows};
use super::{Report, Style, to_json};
use crate::model::blast::Blast;
use crate::model::{Direction, Mode, Plan};

/// What a run would do.
#[derive(Debug, Serialize)]
pub struct Planned {
    /// The command's path.
    #[serde(skip)]
    pub command: &'static str,
    /// Host, port and database.
    pub target: String,
    /// Which way.
    pub direction: Direction,
    /// The steps, in the order they would run.
    pub steps: Vec<PlannedStep>,
    /// Where the deferred foreign keys stand before it; none on the way down.
    pub foreign_keys: Vec<KeyStatus>,
    /// What was noticed and does not stop the run.
    pub notes: Vec<String>,
    /// What it destroys; `None` where nobody looked.
    pub blast: Option<Blast>,
}

/// A step that would run.
#[derive(Debug, Serialize)]
pub struct PlannedStep {
    /// The module's name.
    pub module: String,
    /// The name by which people know it.
    #[serde(skip)]
    pub label: String,
    /// The schema it is installed under.
    pub schema: String,
    /// The version within the module.
    pub version: i64,
    /// The migration file's name.
    pub file: String,
    /// Where the SQL comes from.
    pub path: String,
    /// Whether it runs in a transaction.
    pub transactional: bool,
    /// How large its batches are; `None` where it runs whole.
    pub batch: Option<PlannedBatch>,
    /// Whether it goes on with what an earlier run began.
    pub resumes: bool,
    /// The deferred foreign keys that would be taken back to waiting before it.
    pub releases: Vec<String>,
    /// What would run.
    pub sql: String,
}

/// How a data change would be cut.
#[derive(Debug, Serialize)]
pub struct PlannedBatch {
    /// The most rows of a batch.
    pub rows: u64,
    /// Milliseconds between two batches.
    pub pause_ms: u64,
    /// Milliseconds that a standby may be behind when the next one begins.
    pub lag_ms: u64,
}

fn planned_batch(mode: &Mode) -> Option<PlannedBatch> {
    let Mode::Batch { chunk, .. } = mode else { return None };
    let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Some(PlannedBatch {
        rows: chunk.rows.get(),
        pause_ms: milliseconds(chunk.pause),
        lag_ms: milliseconds(chunk.lag),
    })
}

impl Planned {
    /// Makes the report of `plan`.
    pub fn new(command: &'static str, target: String, plan: &Plan) -> Self {
        let steps = plan.steps.iter().map(|step| PlannedStep {
            module: step.module.clone(),
            label: step.label(),
            schema: step.schema.clone(),
            version: step.version.0,
            file: step.file.clone(),
            path: step.script.path.clone(),
            transactional: step.mode == Mode::Transaction,
            batch: planned_batch(&step.mode),
            resumes: step.resumes(),
            releases: step.releases.iter().map(|key| format!("{}.{}", key.schema, key.constraint)).collect(),
            sql: step.script.text.to_string(),
        });
        let notes = plan.notes.iter().map(ToString::to_string).collect();
        Self {
            command,
            target,
            direction: plan.direction,
            steps: steps.collect(),
            foreign_keys: Vec::new(),
            notes,
            blast: None,
        }
    }
}

impl Report for Planned {
    fn command(&self) -> &'static str {
        self.command
    }

    fn human(&self, style: Style) -> String {
        let would = match self.direction {
            Direction::Up => "apply",
            Direction::Down => "take back",
        };
        let mut text = String::new();
        for step in &self.steps {
            let mode = match (&step.batch, step.transactional) {
                (Some(batch), _) => format!("in batches of {}", rows(batch.rows)),
                (None, true) => "in a transaction".to_owned(),
                (None, false) => "not in a transaction".to_owned(),
            };
            let resumed = if step.resumes { ", goes on with what an earlier run began" } else { "" };
            let mode = mode + resumed;
            let head = format!("-- {} (schema {}, {mode})", step.path, step.schema);
            text += &format!("{}\n", style.paint(Role::Strong, head));
            for key in &step.releases {
                text += &format!("-- takes the foreign key {key} back to waiting first\n");
            }
            text += &format!("{}\n", step.sql.trim_end());
            let costs = self.blast.iter().flat_map(|blast| &blast.costs);
            let own = costs.filter(|cost| cost.migration == step.label).collect::<Vec<_>>();
            text += &blast::costs(&own);
            text += "\n";
        }
        text += &foreign_keys::plan(&self.foreign_keys);
        for note in &self.notes {
            text += &format!("-- note: {note}\n");
        }
        let blast = self.blast.as_ref().map(|blast| blast::human(blast, style)).unwrap_or_default();
        text.extend(blast.lines().map(|line| format!("-- {line}\n")));
        let steps = count(self.steps.len(), "migration");
        text + &format!("-- would {would} {steps} on {}; nothing was run\n", self.target)
    }

    fn json(&self) -> Value {
        to_json(self)
    }

    fn sql(&self) -> Option<String> {
        Some(self.human(Style::PLAIN))
    }
}
