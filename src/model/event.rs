//! The event log: who did what to a target, when, from where, and how it ended.

use jiff::Timestamp;
use serde::Serialize;

use super::Version;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// A migration was applied.
    Up,
    /// A migration was taken back.
    Down,
    /// Seeds were loaded.
    Seed,
    /// The ledger was brought in line with the files.
    Repair,
    /// A migration was recorded without running it.
    Baseline,
    /// A deferred foreign key was added, validated, adopted or taken back to waiting.
    #[serde(rename = "foreign-key")]
    ForeignKey,
    /// Data that a migration destroyed was kept.
    Rescue,
    /// Kept data was put back.
    Restore,
    /// Kept data was dropped.
    #[serde(rename = "rescue-drop")]
    RescueDrop,
}

impl EventKind {
    /// The word in the table `crmdb.event`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Seed => "seed",
            Self::Repair => "repair",
            Self::Baseline => "baseline",
            Self::ForeignKey => "foreign-key",
            Self::Rescue => "rescue",
            Self::Restore => "restore",
            Self::RescueDrop => "rescue-drop",
        }
    }

    /// Reads the word in the table `crmdb.event`.
    pub fn read(word: &str) -> Option<Self> {
        [
            Self::Up,
            Self::Down,
            Self::Seed,
            Self::Repair,
            Self::Baseline,
            Self::ForeignKey,
            Self::Rescue,
            Self::Restore,
            Self::RescueDrop,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It did what it was to do.
    Done,
    /// The server refused a statement; the migration was rolled back.
    Failed,
    /// crmdb refused before anything was touched.
    Refused,
}

impl Outcome {
    /// The word in the table `crmdb.event`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }

    /// Reads the word in the table `crmdb.event`.
    pub fn read(word: &str) -> Option<Self> {
        [Self::Done, Self::Failed, Self::Refused].into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// One row of the event log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Ascends with time; has gaps.
    pub id: i64,
    /// When it ended, by the server's clock.
    pub at: Timestamp,
    /// What was done.
    pub kind: EventKind,
    /// How it ended.
    pub outcome: Outcome,
    /// The module, where it was about one.
    pub module: Option<String>,
    /// The schema the module is installed under.
    pub schema: Option<String>,
    /// The migration's version, where it was about one.
    pub version: Option<Version>,
    /// The migration's file name.
    pub file: Option<String>,
    /// Wall time on the server in milliseconds, where something ran.
    pub duration_ms: Option<i64>,
    /// The database role.
    pub role: String,
    /// The operating system's user and host on the client's side, `user@host`.
    pub client: String,
    /// The client's address as the server saw it; `None` over a unix socket.
    pub address: Option<String>,
    /// The version of crmdb.
    pub tool_version: String,
    /// What went wrong, or the reason that was given.
    pub detail: Option<String>,
}
