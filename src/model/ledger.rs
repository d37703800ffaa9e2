//! What a target's ledger says: which migrations are applied, and which run stopped in the middle.

use jiff::Timestamp;
use serde::Serialize;

use super::deferred::Recorded;
use super::{Checksum, Direction, Script, Version};
use crate::sql::directive::{Directives, Mode};
use crate::sql::{self, Statement};

/// The ledger as one read of the database saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The ledger's own version; `None` where the target has no ledger.
    pub version: Option<i64>,
    /// In the order in which they were applied.
    pub applied: Vec<Applied>,
    /// Migrations outside a transaction that began and did not end.
    pub unfinished: Vec<Unfinished>,
    /// The modules that have, or had, something applied.
    pub installed: Vec<Installed>,
    /// The deferred foreign keys that are added; none where the ledger is too old to know them.
    pub foreign_keys: Vec<Recorded>,
}

/// One applied migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The module's name.
    pub module: String,
    /// The schema it was installed under.
    pub schema: String,
    /// The version within the module.
    pub version: Version,
    /// The file's name when it was applied.
    pub file: String,
    /// The fingerprint of the text that ran.
    pub checksum: Checksum,
    /// The fingerprint of the rollback that was there then; `None` where there was none.
    pub rollback_checksum: Option<Checksum>,
    /// Ascends in the order of application over all modules; has gaps.
    pub position: i64,
    /// When its transaction began, by the server's clock.
    pub applied_at: Timestamp,
    /// The database role that applied it.
    pub applied_by: String,
    /// Wall time on the server in milliseconds; `None` where nothing ran.
    pub duration_ms: Option<i64>,
    /// The version of crmdb that applied it.
    pub tool_version: String,
    /// How it came to be recorded.
    pub origin: Origin,
}

/// How a migration came to be recorded as applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// `crmdb migrate up` ran its SQL.
    Up,
    /// `crmdb migrate baseline` recorded it without running it.
    Baseline,
}

/// A migration outside a transaction that stopped between its first and its last statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The module's name.
    pub module: String,
    /// The schema it runs in.
    pub schema: String,
    /// The version within the module.
    pub version: Version,
    /// Which of the two texts was running.
    pub direction: Direction,
    /// The file's name.
    pub file: String,
    /// The fingerprint of the text that was running.
    pub checksum: Checksum,
    /// What the journal holds, ascending by ordinal.
    pub journal: Vec<JournalEntry>,
}

impl Unfinished {
    /// Returns how many statements are known to have ended well.
    pub fn finished_statements(&self) -> usize {
        self.journal.iter().filter(|entry| entry.finished).count()
    }
}

/// One statement of an unfinished migration: it was begun, and perhaps it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Counts the statements of the file from 1.
    pub ordinal: i32,
    /// The fingerprint of the statement, its rows included.
    pub checksum: Checksum,
    /// Whether the server said that it was done.
    pub finished: bool,
}

impl JournalEntry {
    /// Returns the fingerprint of a statement that is run in batches: it is not done as one that is run whole is.
    pub fn of_batches(statement: &Statement<'_>) -> Checksum {
        Checksum::of(&format!("in batches: {}", statement.text))
    }

    /// Returns the fingerprint of a statement and its rows.
    pub fn fingerprint(statement: &Statement<'_>) -> Checksum {
        match statement.rows {
            Some(rows) => Checksum::of(&format!("{}\n{rows}", statement.text)),
            None => Checksum::of(statement.text),
        }
    }
}

/// Tells whether `script` begins as the journal says: whatever is finished stands in it as it ran. What was not finished
/// may have been corrected.
pub fn goes_on_from(journal: &[JournalEntry], script: &Script) -> bool {
    let statements: Vec<_> = sql::statements(&script.text).map_while(Result::ok).collect();
    let mode = Directives::read(&script.text).map(|directives| directives.mode);
    let fingerprint = match mode {
        Ok(Mode::Batch(_)) => JournalEntry::of_batches,
        _ => JournalEntry::fingerprint,
    };
    journal.iter().filter(|entry| entry.finished).all(|entry| {
        let index = usize::try_from(entry.ordinal - 1).unwrap_or(usize::MAX);
        statements.get(index).is_some_and(|statement| fingerprint(statement) == entry.checksum)
    })
}

/// A module under a schema that this target knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The module's name.
    pub module: String,
    /// The schema it is installed under.
    pub schema: String,
    /// Whether crmdb made the schema, so that the last rollback drops it.
    pub created_schema: bool,
}

impl Ledger {
    /// Returns what is applied of `module` under `schema`, in the order of application.
    pub fn applied_to<'a>(&'a self, module: &'a str, schema: &'a str) -> impl Iterator<Item = &'a Applied> {
        self.applied.iter().filter(move |row| row.module == module && row.schema == schema)
    }

    /// Returns when a migration was applied, where it is.
    pub fn applied_at(&self, module: &str, schema: &str, version: Version) -> Option<Timestamp> {
        self.applied_to(module, schema).find(|row| row.version == version).map(|row| row.applied_at)
    }

    /// Returns the unfinished migration of `module` under `schema`, if there is one.
    pub fn unfinished_of(&self, module: &str, schema: &str) -> Option<&Unfinished> {
        self.unfinished.iter().find(|row| row.module == module && row.schema == schema)
    }

    /// Tells whether the module was installed under the schema and not taken back whole since.
    pub fn knows(&self, module: &str, schema: &str) -> bool {
        self.installed.iter().any(|row| row.module == module && row.schema == schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_on_from_a_journal_when_what_is_finished_stands_in_it() {
        let text = "create table a (i int);\ncopy a from stdin;\n1\n\\.\nselect 1/0;\n";
        let script = |text: &str| Script::new("migrations/V1__a.sql", text);
        let journal: Vec<JournalEntry> = (1..)
            .zip(sql::statements(text).map_while(Result::ok))
            .map(|(ordinal, statement)| JournalEntry {
                ordinal,
                checksum: JournalEntry::fingerprint(&statement),
                finished: ordinal < 3,
            })
            .collect();
        for (edited, expected) in [
            (text.to_owned(), true),
            (text.replace("1/0", "1/1"), true),
            (text.replace("create", "-- why\n create"), true),
            (text.replace("i int", "i bigint"), false),
            (text.replace("\n1\n", "\n2\n"), false),
            ("create table a (i int);\n".to_owned(), false),
        ] {
            assert_eq!(goes_on_from(&journal, &script(&edited)), expected, "{edited}");
        }
    }
}
