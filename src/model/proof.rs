//! What was found when a migration was applied, taken back and applied again on a shadow.

use serde::Serialize;

use super::{Checksum, Version};

/// What taking a migration back does to the rows that were there before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// The schema came back whole; no rows were there to be lost.
    Reversible,
    /// The schema and every value of made-up rows came back.
    Lossless,
    /// The schema came back, and values of made-up rows did not.
    Lossy,
    /// The schema did not come back, or there is nothing that takes the migration back.
    Irreversible,
}

impl Label {
    /// The word in the ledger's table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reversible => "reversible",
            Self::Lossless => "lossless",
            Self::Lossy => "lossy",
            Self::Irreversible => "irreversible",
        }
    }

    /// Reads the word in the ledger's table.
    pub fn read(word: &str) -> Option<Self> {
        [Self::Reversible, Self::Lossless, Self::Lossy, Self::Irreversible]
            .into_iter()
            .find(|label| label.as_str() == word)
    }
}

/// The proof of one migration under one schema. It holds for these texts and nothing else.
///
/// The rollback can be trusted on a target when the texts are the applied ones and the fingerprint of the target's
/// catalog (`catalog::fingerprint` of `schema`, read by a server of the same major version) is `after`: then the rollback
/// leads to `before`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The module's name.
    pub module: String,
    /// The schema it was installed under.
    pub schema: String,
    /// The version within the module.
    pub version: Version,
    /// The fingerprint of the migration's text.
    pub checksum: Checksum,
    /// The fingerprint of the rollback's text; `None` where there is none.
    pub rollback_checksum: Option<Checksum>,
    /// What was found.
    pub label: Label,
    /// What did not come back: `schema.table.column`, or `schema.table` where rows are gone or joined otherwise.
    pub lost: Vec<String>,
    /// How many made-up rows each table got; 0 where none were made.
    pub rows: u64,
    /// The fingerprint of the schema's catalog before the migration.
    pub before: Checksum,
    /// The fingerprint of the schema's catalog after the migration.
    pub after: Checksum,
    /// The major version of PostgreSQL that it was proved on.
    pub server: u32,
}
