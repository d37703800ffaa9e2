//! A run that stopped: what it was to do, why it did not, and what is done all the same.

use crate::db::error::DbError;

/// What a run was to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Apply migrations.
    Apply,
    /// Take migrations back.
    TakeBack,
    /// Load seeds.
    Load,
}

/// A run that stopped: what happened and what is done all the same.
#[derive(Debug)]
pub struct RunFailure {
    /// Why it stopped.
    pub error: DbError,
    /// The label of the migration that stopped it, and what became of it.
    pub stopped: String,
    /// Whether the stopped migration was rolled back whole.
    pub rolled_back: bool,
    /// The labels of the migrations that are done.
    pub done: Vec<String>,
    /// What the run was to do.
    pub deed: Deed,
    /// The command that goes on with the run.
    pub again: String,
}
