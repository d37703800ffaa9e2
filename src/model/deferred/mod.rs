//! Deferred foreign keys: declared beside the migrations, added when what they need is there, managed from then on.

mod key;
mod release;
mod seen;
mod state;

pub use key::{Key, is_complete, keys};
pub use release::released_by;
pub use seen::{Constraint, Seen, Table};
pub use state::{Action, Aim, Lack, Manner, Situation, State};

use jiff::Timestamp;

use super::ForeignKey;

/// What the ledger says of one deferred key: it was added or adopted, and not taken back to waiting since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The module that declares, or declared, it.
    pub module: String,
    /// The schema of the referencing table.
    pub schema: String,
    /// The referencing table.
    pub table: String,
    /// The name that the declaration gives it.
    pub name: String,
    /// The name that it has: another one where a constraint made by hand was adopted.
    pub constraint: String,
    /// The key with its table, the target's schema and the target's columns.
    pub definition: ForeignKey,
    /// How far it has come.
    pub progress: Progress,
    /// `pg_class.oid` of the referencing and of the referenced table.
    pub tables: (i64, i64),
    /// When this was written, by the server's clock.
    pub changed_at: Timestamp,
}

/// How far a recorded key has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It checks what is written; what was there is not checked yet.
    Added,
    /// It holds for every row.
    Valid,
    /// So many rows violated it when they were counted.
    Orphaned(i64),
}

impl Progress {
    /// The word in the table `crmdb.foreign_key`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Valid => "valid",
            Self::Orphaned(_) => "orphaned",
        }
    }

    /// The number of orphans, where there are any.
    pub fn orphans(self) -> Option<i64> {
        match self {
            Self::Orphaned(count) => Some(count),
            Self::Added | Self::Valid => None,
        }
    }

    /// Reads what the table `crmdb.foreign_key` holds.
    pub fn read(word: &str, orphans: Option<i64>) -> Option<Self> {
        match (word, orphans) {
            ("added", None) => Some(Self::Added),
            ("valid", None) => Some(Self::Valid),
            ("orphaned", Some(count)) => Some(Self::Orphaned(count)),
            _ => None,
        }
    }
}
