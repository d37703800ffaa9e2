//! One step of a plan: a text that will run, and what the ledger will say about it.

use serde::{Deserialize, Serialize};

use super::deferred::Recorded;
use super::ledger::JournalEntry;
use super::{Checksum, Script, Version};
use crate::sql;
use crate::sql::directive::Chunk;

/// Which way a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Applies a migration.
    Up,
    /// Takes one back.
    Down,
}

impl Direction {
    /// The word in the ledger's tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// Reads the word in the ledger's tables.
    pub fn read(word: &str) -> Option<Self> {
        [Self::Up, Self::Down].into_iter().find(|direction| direction.as_str() == word)
    }
}

/// How a step's statements are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In one transaction together with the ledger's row.
    Transaction,
    /// Statement by statement, each written to the journal before and after it runs. Holds what an earlier run wrote.
    Journal(Vec<JournalEntry>),
    /// Its one statement range by range of its table's key, each range in a transaction together with how far it has come.
    Batch {
        /// How large the ranges are.
        chunk: Chunk,
        /// Whether an earlier run began it.
        begun: bool,
    },
}

/// What a data change in batches did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Batched {
    /// How many batches there were.
    pub batches: u64,
    /// How many rows of the table they went through.
    pub rows: u64,
    /// How many rows the statement changed.
    pub changed: u64,
}

/// One migration that a plan applies or takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which way it goes.
    pub direction: Direction,
    /// The module's name.
    pub module: String,
    /// The schema that its SQL runs in.
    pub schema: String,
    /// The version within the module.
    pub version: Version,
    /// The migration file's name.
    pub file: String,
    /// What runs.
    pub script: Script,
    /// The fingerprint of the migration's text: what the ledger holds or will hold.
    pub checksum: Checksum,
    /// What would take it back, kept in the ledger; `None` on the way down.
    pub rollback: Option<Script>,
    /// How it runs.
    pub mode: Mode,
    /// Whether the module's schema is made before it (up) or, when crmdb made it, dropped after it (down).
    pub boundary: bool,
    /// The deferred foreign keys that it takes back to waiting before its text runs; none on the way up.
    pub releases: Vec<Recorded>,
}

impl Step {
    /// Returns the name by which people know the migration: `sales/V0002__industry.sql`, or the file's name alone where
    /// the project is one module.
    pub fn label(&self) -> String {
        label(&self.module, &self.file)
    }

    /// Tells whether its text may destroy rows or values, so that it is worth a rehearsal.
    pub fn may_destroy(&self) -> bool {
        sql::statements(&self.script.text)
            .map_while(Result::ok)
            .any(|statement| sql::meaning::may_destroy(statement.text))
    }

    /// Returns the statements that may destroy rows or values, as `  path:line: beginning`.
    pub fn destroying(&self) -> Vec<String> {
        let statements = sql::statements(&self.script.text).map_while(Result::ok);
        let destroying = statements.filter(|statement| sql::meaning::may_destroy(statement.text));
        let line = |statement: sql::Statement<'_>| {
            let (path, line) = (&self.script.path, statement.position.line);
            format!("  {path}:{line}: {}", statement.beginning())
        };
        destroying.map(line).collect()
    }

    /// Tells whether an earlier run began this step.
    pub fn resumes(&self) -> bool {
        match &self.mode {
            Mode::Transaction => false,
            Mode::Journal(entries) => !entries.is_empty(),
            Mode::Batch { begun, .. } => *begun,
        }
    }
}

/// The module of a project whose files lie directly in `migrations/`.
pub const ONLY_MODULE: &str = "public";

/// Joins a module and a file name the way the project's folders do.
pub fn label(module: &str, file: &str) -> String {
    if module == ONLY_MODULE { file.to_owned() } else { format!("{module}/{file}") }
}
