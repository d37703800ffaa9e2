//! What loading seeds tells while it goes on.

use std::time::Duration;

/// One thing that happened while rows were put into a target.
#[derive(Clone, Copy, Debug)]
pub enum SeedProgress<'a> {
    /// A file or table begins.
    Started {
        /// The file's path or the table's name.
        label: &'a str,
    },
    /// So much of the whole run is done.
    Advanced {
        /// What is done.
        done: u64,
        /// All there is to do.
        of: u64,
        /// What is counted.
        unit: Unit,
    },
    /// The server gave a NOTICE, WARNING or INFO.
    Notice {
        /// The file's path.
        path: &'a str,
        /// The line of the statement, from 1.
        line: usize,
        /// The word for its level.
        severity: &'a str,
        /// The server's words.
        message: &'a str,
    },
    /// All was rolled back, because a lock was not to be had, and will be tried again.
    Retry {
        /// Which attempt failed, from 1.
        attempt: u32,
        /// How long until the next one.
        pause: Duration,
        /// The server's words.
        reason: &'a str,
    },
}

/// What the progress of a run is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of files.
    Bytes,
    /// Rows of tables.
    Rows,
}
