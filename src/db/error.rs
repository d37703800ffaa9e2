//! What can go wrong between crmdb and a target, as data.

use std::time::Duration;

use nix::sys::signal::Signal;

use super::connect::ConnectError;
pub use super::refusal::Refusal;
pub(super) use super::refusal::{ends_session, refusal};
use crate::model::Holder;
use crate::model::peer::Product;
use crate::sql::{self, Position, secret};

/// An error of the database edge.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection ended in the middle.
    #[error("the connection to {target} was lost while {doing}")]
    Lost {
        /// Database, host and port.
        target: String,
        /// What was going on.
        doing: String,
    },
    /// Another run holds the lock.
    #[error("another run holds the lock of {target}{}", who(.holder.as_ref()))]
    Locked {
        /// Database, host and port.
        target: String,
        /// Who holds it, where the server tells.
        holder: Option<Holder>,
        /// How long crmdb waited.
        waited: Duration,
    },
    /// A statement of crmdb's own failed.
    #[error("{doing} failed in {target}: {}", .refusal.message)]
    Own {
        /// Database, host and port.
        target: String,
        /// What crmdb was about to do.
        doing: &'static str,
        /// The server's words.
        refusal: Box<Refusal>,
    },
    /// The server follows another one.
    #[error("{target} is a standby: nothing can be changed there; nothing was changed")]
    Standby {
        /// Database, host and port.
        target: String,
    },
    /// Transactions are read-only by default.
    #[error("`default_transaction_read_only` is on for this role or for {target}; nothing was changed")]
    ReadOnly {
        /// Database, host and port.
        target: String,
    },
    /// What crmdb promises does not hold on such a server.
    #[error("{target} is {product}, where {}; nothing was changed", .product.lacks().trim_end())]
    Unpromised {
        /// Database, host and port.
        target: String,
        /// What answered.
        product: Product,
    },
    /// The pooler gives the server process away after each statement.
    #[error(
        "the pooler before {target} is in statement mode, which knows no transactions; nothing was changed"
    )]
    StatementPool {
        /// Database, host and port.
        target: String,
    },
    /// The lock has the only server process that the pooler gives.
    #[error(
        "the pooler before {target} gives no second server process, and crmdb needs two at once; nothing was changed"
    )]
    PoolTooSmall {
        /// Database, host and port.
        target: String,
    },
    /// Another run has begun meanwhile, and this one may not go on.
    #[error("another run took over {target} while this one was at work; what is committed stays")]
    TakenOver {
        /// Database, host and port.
        target: String,
    },
    /// A statement outside a transaction reached another server process than the one before.
    #[error(
        "a pooler gave the session in {target} to another server process while `{migration}` ran outside a transaction"
    )]
    Moved {
        /// Database, host and port.
        target: String,
        /// The migration's label.
        migration: String,
    },
    /// The time that the run was given is over.
    #[error("the deadline has come; no further migration was begun in {target}")]
    Deadline {
        /// Database, host and port.
        target: String,
        /// Whether it came while a statement wanted a lock that was not to be had.
        wants_lock: bool,
    },
    /// Somebody wanted the run to end.
    #[error("the run in {target} was ended by {signal}")]
    Interrupted {
        /// Database, host and port.
        target: String,
        /// What told that wish.
        signal: Signal,
    },
    /// The time that the run was given is over, and the server says nothing.
    #[error(
        "the deadline has come and the server does not answer; what it was sent may be done all the same"
    )]
    Unanswered,
    /// The ledger was made by a later crmdb.
    #[error("the ledger in {target} has version {found}, and this crmdb knows versions up to {known}")]
    LedgerTooNew {
        /// Database, host and port.
        target: String,
        /// The version in the target.
        found: i64,
        /// The latest version that this crmdb knows.
        known: i64,
    },
    /// The ledger holds what no crmdb wrote.
    #[error("the ledger in {target} holds {what}")]
    LedgerMalformed {
        /// Database, host and port.
        target: String,
        /// The value in question.
        what: String,
    },
    /// A data change can't be run in batches.
    #[error("`{migration}` can't be run in batches: {reason}; no row was changed by it")]
    Unbatched {
        /// The migration's label.
        migration: String,
        /// Why not.
        reason: String,
    },
    /// What is to be kept in a folder can't be written there.
    #[error("keeping what the migration destroys failed: {error}; the migration was rolled back")]
    Unkept {
        /// The disk's words.
        error: crate::vault::VaultError,
    },
    /// A kept file is not what was written.
    #[error("putting kept rows back failed: {what}; nothing was put back")]
    Kept {
        /// What is wrong with it.
        what: String,
    },
    /// The catalog can't be read.
    #[error("the catalog of {target} can't be read: {what}")]
    Catalog {
        /// Database, host and port.
        target: String,
        /// What was not understood.
        what: String,
    },
    /// Another run did, or undid, a step of this one.
    #[error("another run changed the ledger in {target} while `{migration}` was about to run")]
    Overtaken {
        /// Database, host and port.
        target: String,
        /// The migration's label.
        migration: String,
    },
    /// What an interrupted statement left behind can't be brought in order.
    #[error("`{migration}` can't go on: {problem}")]
    Reconcile {
        /// The migration's label.
        migration: String,
        /// What was found.
        problem: String,
    },
    /// A statement of a migration, or a line of a seed, failed.
    #[error("{0}")]
    Statement(Box<StatementError>),
    /// A seed's file could not be read while it was loaded.
    #[error("`{path}` can't be read: {reason}")]
    SeedFile {
        /// The file's path.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// The rows of a seed were refused together, so no line can be named.
    #[error("`{path}` failed: {}{}", .refusal.message, detail(.refusal))]
    SeedRows {
        /// The file's path.
        path: String,
        /// The server's words.
        refusal: Box<Refusal>,
    },
    /// Keys that are checked last are broken.
    #[error("the rows of the seeds do not fit together: {}{}", .refusal.message, detail(.refusal))]
    SeedKeys {
        /// The server's words.
        refusal: Box<Refusal>,
    },
    /// A seed holds two rows with one primary key.
    #[error("`{path}` failed: two of its rows have the same primary key: {key}")]
    SeedTwice {
        /// The file's path.
        path: String,
        /// The columns of the key and the values of one such row.
        key: String,
    },
    /// The server refused made-up rows.
    #[error("made-up rows of `{table}` were refused: {}{}", .refusal.message, detail(.refusal))]
    MadeUpRows {
        /// The table.
        table: String,
        /// The server's words.
        refusal: Box<Refusal>,
    },
    /// Rows without a key can't be told from those that are there.
    #[error(
        "`{path}` can't be loaded again: `{table}` has rows and {}",
        if *.has_key { "the header does not name its whole primary key" } else { "no primary key" }
    )]
    SeedWithoutKey {
        /// The file's path.
        path: String,
        /// The table.
        table: String,
        /// Whether the table has a primary key.
        has_key: bool,
    },
}

fn detail(refusal: &Refusal) -> String {
    refusal.detail.as_ref().map(|detail| format!(" ({})", detail.trim_end_matches('.'))).unwrap_or_default()
}

impl DbError {
    /// Returns what the server said, where it was the server that refused.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Own { refusal, .. }
            | Self::SeedRows { refusal, .. }
            | Self::SeedKeys { refusal }
            | Self::MadeUpRows { refusal, .. } => Some(refusal),
            Self::Statement(error) => Some(&error.refusal),
            _ => None,
        }
    }
}

fn who(holder: Option<&Holder>) -> String {
    holder.map(|holder| format!(": {holder}")).unwrap_or_default()
}

/// What kind of file a statement is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A migration or its rollback.
    Migration,
    /// A seed.
    Seed,
}

impl Subject {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Migration => "migration",
            Self::Seed => "seed",
        }
    }
}

/// A statement of a file that the server refused, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{migration}` failed: {}", .refusal.message)]
pub struct StatementError {
    /// What kind of file it is.
    pub subject: Subject,
    /// The migration's label, or the seed's path.
    pub migration: String,
    /// The script's path.
    pub path: String,
    /// Where it failed: the failing character, or the statement's first where the server does not tell.
    pub place: Position,
    /// Whether `place` is the failing character itself.
    pub exact: bool,
    /// The line of the file at `place`.
    pub excerpt: String,
    /// The server's words.
    pub refusal: Refusal,
    /// How many rows of a change in batches are done; none of any other statement.
    pub done_rows: u64,
}

impl StatementError {
    /// Makes the error of the statement that begins at byte `start` of the step's script.
    pub(super) fn new(step: &crate::model::Step, start: usize, refusal: Refusal) -> Self {
        Self::of(Subject::Migration, (&step.script, step.label(), start), refusal)
    }

    /// Makes the error of the statement that begins at byte `start` of `script`, which people know as `label`.
    ///
    /// The statement is found again by its start: errors are rare, and a list of all statements would cost memory.
    pub(super) fn of(
        subject: Subject,
        (script, label, start): (&crate::model::Script, String, usize),
        mut refusal: Refusal,
    ) -> Self {
        for part in [&mut refusal.detail, &mut refusal.context].into_iter().flatten() {
            *part = secret::masked(part);
        }
        let text: &str = &script.text;
        let character = refusal.character.map(|character| character as usize);
        let named = || {
            let mut statements = sql::statements(text).map_while(Result::ok);
            let statement = statements.find(|statement| statement.start == start)?;
            let offset = named_once(statement.text, &refusal.message)?;
            Some(Position::of_offset(text, start + offset))
        };
        let exact = character.map(|character| Position::of_character(text, start, character)).or_else(named);
        let place = exact.unwrap_or_else(|| Position::of_offset(text, start));
        Self {
            subject,
            migration: label,
            path: script.path.clone(),
            excerpt: excerpt(text, start, place.line),
            exact: exact.is_some(),
            place,
            refusal,
            done_rows: 0,
        }
    }
}

/// Returns a line of the statement that begins at byte `start` of `text`, without secrets: its own, of which it may hold a
/// part, and those of the statements beside it.
fn excerpt(text: &str, start: usize, line: usize) -> String {
    let statement = sql::statements(&text[start..]).next().and_then(Result::ok);
    let end = statement.map_or(start, |statement| start + statement.start + statement.text.len());
    let first = Position::of_offset(text, start).line;
    let head = text[..start].rsplit('\n').next().unwrap_or_default();
    let tail = text[end..].lines().next().unwrap_or_default();
    let shown: String = [head, &text[start..end], tail].into_iter().map(secret::masked).collect();
    shown.lines().nth(line.saturating_sub(first)).unwrap_or_default().to_owned()
}

/// Returns where the name stands that the server's message quotes first: for many DDL errors it gives no position.
/// Only a name that stands once in the statement tells the place.
fn named_once(statement: &str, message: &str) -> Option<usize> {
    let name = message.split('"').nth(1).filter(|name| !name.is_empty())?;
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut whole = statement.match_indices(name).filter(|(at, found)| {
        let before = statement[..*at].chars().next_back();
        let after = statement[at + found.len()..].chars().next();
        !before.is_some_and(part_of_name) && !after.is_some_and(part_of_name)
    });
    let (first, _) = whole.next()?;
    whole.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_the_message_tells_the_place_when_it_stands_there_once() {
        let statement = "CREATE INDEX industri_idx ON customers (industri);";
        let message = "column \"industri\" does not exist";
        assert_eq!(named_once(statement, message), Some(40));
        assert_eq!(named_once("ALTER TABLE a ADD b int, ADD b int;", "column \"b\" specified twice"), None);
        assert_eq!(named_once("DROP TABLE é;", "table \"é\" does not exist"), Some(11));
        assert_eq!(named_once("DROP TABLE a;", "syntax error"), None);
        assert_eq!(named_once("DROP TABLE a;", "zero-length \"\" name"), None);
    }
}
