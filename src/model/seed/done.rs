//! What became of the seeds that a run loaded.

use std::time::Duration;

/// A seed that is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedDone {
    /// The step's index in the plan.
    pub index: usize,
    /// Wall time as this side saw it.
    pub took: Duration,
    /// What became of a CSV file's rows; `None` for SQL.
    pub rows: Option<Rows>,
}

/// What became of the rows of a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// How many the file has.
    pub read: u64,
    /// How many of them were added or changed a row.
    pub written: u64,
}

/// A table that was filled with made-up rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The table.
    pub table: String,
    /// How many rows it got.
    pub rows: u64,
    /// Why it got no more of them; `None` where it got all.
    pub stopped: Option<String>,
    /// Wall time as this side saw it.
    pub took: Duration,
}
