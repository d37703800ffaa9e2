//! What a run tells while it goes on.

use std::time::Duration;

use super::Step;
use super::seed::SeedProgress;

/// One thing that happened in a run.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// Another run holds the lock; this one waits. Holds who it is, where the server tells.
    Waiting(Option<&'a str>),
    /// A pooler in transaction mode stands between.
    Pooled,
    /// A step begins; `index` counts from 1.
    Started {
        /// The step.
        step: &'a Step,
        /// Which of the plan's steps it is.
        index: usize,
        /// How many steps the plan has.
        of: usize,
    },
    /// The server gave a NOTICE, WARNING or INFO.
    Notice {
        /// The step.
        step: &'a Step,
        /// The line of the statement that gave it, from 1; `None` for a statement of crmdb's own.
        line: Option<usize>,
        /// The word for its level.
        severity: &'a str,
        /// The server's words.
        message: &'a str,
    },
    /// The step was rolled back, because a lock was not to be had, and will be tried again.
    Retry {
        /// The step.
        step: &'a Step,
        /// Which attempt failed, from 1.
        attempt: u32,
        /// How long until the next one.
        pause: Duration,
        /// The server's words.
        reason: &'a str,
    },
    /// A statement waits for a lock that another session holds.
    Blocked {
        /// Whose.
        waiting: Waiting<'a>,
        /// Who it is, in words.
        by: &'a str,
    },
    /// Something was done about a session that stood in the way.
    Cancelled {
        /// The server process.
        pid: i32,
        /// In words.
        what: &'a str,
    },
    /// A prepared transaction stands in the way, and nothing was done about it.
    Prepared {
        /// Its name.
        name: &'a str,
    },
    /// A statement of an unfinished migration was already done by an earlier run.
    Resumed {
        /// The step.
        step: &'a Step,
        /// The statement's number, from 1.
        ordinal: i32,
        /// What was found in the catalog.
        found: &'a str,
    },
    /// A batch of a data change is committed.
    Batch {
        /// The step.
        step: &'a Step,
        /// How many rows of the table are gone through.
        done: u64,
        /// How many there are, as far as the server knows.
        of: Option<u64>,
    },
    /// The next batch waits for a standby.
    Behind {
        /// The step.
        step: &'a Step,
        /// Its name and address.
        standby: &'a str,
        /// How far the standby is behind.
        behind: Duration,
    },
    /// There are standbys, and the role is not shown how far they are behind.
    Unseen {
        /// The step.
        step: &'a Step,
    },
    /// Seeds are being loaded.
    Seed(SeedProgress<'a>),
    /// Something was done about a deferred foreign key, or will take its time.
    Key {
        /// The key's label.
        key: &'a str,
        /// In words.
        what: &'a str,
    },
    /// A deferred foreign key was not added or validated, because a lock was not to be had; it will be tried again.
    KeyRetry {
        /// The key's label.
        key: &'a str,
        /// Which attempt failed, from 1.
        attempt: u32,
        /// How long until the next one.
        pause: Duration,
        /// The server's words.
        reason: &'a str,
    },
    /// The step is done.
    Finished {
        /// The step.
        step: &'a Step,
        /// Wall time as this side saw it.
        took: Duration,
    },
}

/// What waits for a lock.
#[derive(Clone, Copy, Debug)]
pub enum Waiting<'a> {
    /// A step of the plan.
    Step(&'a Step),
    /// A deferred foreign key, by its label.
    Key(&'a str),
}

/// Hears of the progress of a run.
pub type Listener<'a> = dyn FnMut(Progress<'_>) + 'a;
