//! How much of something there is, and how sure that is.

use serde::{Deserialize, Serialize};

/// How sure a number of rows is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Counted.
    Exact,
    /// As `ANALYZE` last saw it: counting took longer than it may.
    Estimate,
    /// Counted, and no more than that: which of the rows die, the statement alone knows.
    AtMost,
    /// Neither counted nor estimated.
    Unknown,
}

/// How much dies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// Rows, or values that are not null; 0 where the certainty is `Unknown`.
    pub rows: u64,
    /// How sure that is.
    pub certainty: Certainty,
    /// The bytes they take on the disk, indexes included where the table goes; `None` where that is not known.
    pub bytes: Option<u64>,
    /// The rows among them that were written after the migration was applied; `None` where nothing tells.
    pub since: Option<Since>,
    /// Why it was not counted.
    pub why: Option<String>,
}

/// How many rows were written after a migration was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The number.
    pub rows: u64,
    /// What tells: a column's name, or `statistics`, which also count rows that were written and deleted again.
    pub by: String,
}

impl Amount {
    /// What nobody has counted yet.
    pub fn unknown() -> Self {
        Self { rows: 0, certainty: Certainty::Unknown, bytes: None, since: None, why: None }
    }

    /// Tells whether nothing dies for certain.
    pub fn is_nothing(&self) -> bool {
        self.rows == 0 && matches!(self.certainty, Certainty::Exact | Certainty::AtMost)
    }
}
