//! The eight lock modes of tables and which of them wait for which (PostgreSQL manual, 13.3.1 Table-Level Locks).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A lock mode, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "PostgreSQL's own words")]
pub enum LockMode {
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

const MODES: [(LockMode, &str, &str); 8] = [
    (LockMode::AccessShare, "AccessShareLock", "ACCESS SHARE"),
    (LockMode::RowShare, "RowShareLock", "ROW SHARE"),
    (LockMode::RowExclusive, "RowExclusiveLock", "ROW EXCLUSIVE"),
    (LockMode::ShareUpdateExclusive, "ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE"),
    (LockMode::Share, "ShareLock", "SHARE"),
    (LockMode::ShareRowExclusive, "ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"),
    (LockMode::Exclusive, "ExclusiveLock", "EXCLUSIVE"),
    (LockMode::AccessExclusive, "AccessExclusiveLock", "ACCESS EXCLUSIVE"),
];

impl LockMode {
    /// Reads the word in `pg_locks.mode`.
    pub fn read(word: &str) -> Option<Self> {
        MODES.iter().find(|(_, name, _)| *name == word).map(|(mode, ..)| *mode)
    }

    /// Tells whether one of the two waits while another session holds the other.
    pub fn conflicts(self, other: Self) -> bool {
        let (weak, strong) = (self.min(other), self.max(other));
        match weak {
            Self::AccessShare => strong == Self::AccessExclusive,
            Self::RowShare => strong >= Self::Exclusive,
            Self::RowExclusive => strong >= Self::Share,
            Self::Share => strong != Self::Share,
            _ => true,
        }
    }

    /// Tells what it stops others from doing: the words that people know the mode by.
    pub fn stops(self) -> &'static str {
        match self {
            Self::AccessExclusive => "stops reads and writes",
            Self::Share | Self::ShareRowExclusive | Self::Exclusive => "stops writes",
            _ => "stops no reads or writes",
        }
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = MODES.iter().find(|(mode, ..)| mode == self).map_or("", |(.., words)| words);
        f.write_str(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows and columns of table 13.2 of the manual: `x` where the two conflict.
    const MANUAL: [&str; 8] =
        [".......x", "......xx", "....xxxx", "...xxxxx", "..xx.xxx", "..xxxxxx", ".xxxxxxx", "xxxxxxxx"];

    #[test]
    fn the_modes_conflict_as_the_manual_says() {
        for (held, row) in MODES.iter().zip(MANUAL) {
            for (asked, mark) in MODES.iter().zip(row.chars()) {
                assert_eq!(held.0.conflicts(asked.0), mark == 'x', "{} and {}", held.2, asked.2);
            }
        }
    }

    #[test]
    fn a_mode_is_read_by_the_word_of_pg_locks() {
        assert_eq!(LockMode::read("ShareRowExclusiveLock"), Some(LockMode::ShareRowExclusive));
        assert_eq!(LockMode::read("SIReadLock"), None);
        assert_eq!(LockMode::AccessExclusive.to_string(), "ACCESS EXCLUSIVE");
    }
}
