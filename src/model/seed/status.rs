//! Where a target stands against the seeds of a profile: what is loaded, and which rows are no longer as their files say.

use jiff::Timestamp;
use serde::Serialize;

use super::plan::{CsvWork, Held};
use super::{Reason, SeedPlan, SeedStep, SeedWork};

/// One seed file and whether it is loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileState {
    /// The module's name.
    pub module: String,
    /// The schema it is installed under.
    pub schema: String,
    /// The file.
    pub path: String,
    /// When it was loaded last, by the server's clock; `None` where it never was.
    pub loaded_at: Option<Timestamp>,
    /// Why a run would load it; `None` where it would not.
    pub pending: Option<Reason>,
}

/// Which rows of one table differ from the CSV files that fill it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableDrift {
    /// The table.
    pub table: String,
    /// The files.
    pub paths: Vec<String>,
    /// Rows of the files that the table does not have.
    pub missing: Differences,
    /// Rows that have another value in some column of the header.
    pub changed: Differences,
    /// Rows that no file has.
    pub extra: Differences,
}

/// Rows that differ in one way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// How many there are.
    pub total: u64,
    /// The first of them, by key.
    pub rows: Vec<Difference>,
}

/// One row that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The values of its primary key, as text, joined by commas.
    pub key: String,
    /// The columns that have another value.
    pub columns: Vec<String>,
}

impl TableDrift {
    /// Returns how many rows differ.
    pub fn total(&self) -> u64 {
        self.missing.total + self.changed.total + self.extra.total
    }
}

/// The CSV files that fill one table and are loaded as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison<'a> {
    /// In the order they are loaded.
    pub files: Vec<(&'a SeedStep, &'a CsvWork)>,
}

/// Returns the state of every file. `all` is the plan that loads all of them, `due` the one that a run would follow.
pub fn states(all: &SeedPlan, due: &SeedPlan, held: &Held<'_>) -> Vec<FileState> {
    let state = |step: &SeedStep| {
        let row = held.loaded.iter().find(|row| {
            row.module == step.file.module
                && row.schema == step.schema
                && row.profile == all.profile
                && row.file == step.file.name
        });
        FileState {
            module: step.file.module.clone(),
            schema: step.schema.clone(),
            path: step.file.path.clone(),
            loaded_at: row.map(|row| row.loaded_at),
            pending: due.steps.iter().find(|due| due.file.path == step.file.path).map(|due| due.reason),
        }
    };
    all.steps.iter().map(state).collect()
}

/// Returns the tables whose rows can be compared: those filled by CSV files that are all loaded as they are and name the
/// whole primary key.
pub fn comparisons<'a>(all: &'a SeedPlan, due: &SeedPlan) -> Vec<Comparison<'a>> {
    let mut found: Vec<Comparison<'a>> = Vec::new();
    for step in &all.steps {
        let SeedWork::Csv(work) = &step.work else { continue };
        match found.iter_mut().find(|seen| seen.files[0].1.table.oid == work.table.oid) {
            Some(seen) => seen.files.push((step, work)),
            None => found.push(Comparison { files: vec![(step, work)] }),
        }
    }
    let comparable = |(step, work): &(&SeedStep, &CsvWork)| {
        !work.key.is_empty() && !due.steps.iter().any(|due| due.file.path == step.file.path)
    };
    found.retain(|comparison| comparison.files.iter().all(comparable));
    found
}
