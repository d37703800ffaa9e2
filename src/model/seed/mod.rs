//! Seeds: files of rows that belong to a module, what of them a target holds, and what a run will load.

pub mod done;
pub mod finding;
pub mod generate;
pub mod order;
pub mod plan;
pub mod progress;
pub mod reset;
pub mod status;
pub mod table;

use super::{Checksum, Script};

pub use done::{Rows, SeedDone};
pub use finding::{Protection, SeedFinding};
pub use plan::{Reason, SeedPlan, SeedStep, SeedWork, plan};
pub use progress::SeedProgress;
pub use table::{Column, ForeignKey, OnDelete, Table, Tables, Unique};

/// The profile that is loaded where none is named.
pub const DEFAULT_PROFILE: &str = "dev";

/// One seed file of one profile of one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedFile {
    /// The module's name.
    pub module: String,
    /// The file's name: `NN_name.sql` or `NN_name.csv`.
    pub name: String,
    /// The number before the first underscore.
    pub number: u64,
    /// The path as the user would type it, from the project's folder on.
    pub path: String,
    /// The fingerprint of the file's text.
    pub checksum: Checksum,
    /// What the file holds.
    pub content: Content,
}

/// What a seed file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// SQL that is safe to run twice.
    Sql(Script),
    /// Rows for one table.
    Csv(Csv),
}

/// A CSV file, which is streamed from the disk when it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv {
    /// The table's exact name: the file's name without its number and `.csv`.
    pub table: String,
    /// The columns' exact names, in the order of the header.
    pub columns: Vec<String>,
    /// The file's size.
    pub bytes: u64,
}

impl SeedFile {
    /// Returns the size of the file in bytes.
    pub fn bytes(&self) -> u64 {
        match &self.content {
            Content::Sql(script) => script.text.len() as u64,
            Content::Csv(csv) => csv.bytes,
        }
    }
}

/// What the ledger says about a seed that was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The module's name.
    pub module: String,
    /// The schema that it was loaded into.
    pub schema: String,
    /// The profile.
    pub profile: String,
    /// The file's name.
    pub file: String,
    /// The fingerprint of what was loaded.
    pub checksum: Checksum,
    /// Whether all tables that it filled are still the same ones: none was dropped, or dropped and made again.
    pub tables_stand: bool,
    /// When, by the server's clock.
    pub loaded_at: jiff::Timestamp,
}
