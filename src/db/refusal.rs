//! What a server says when it refuses a statement, and what that means for a run.

use tokio_postgres::error::{DbError as ServerMessage, ErrorPosition, SqlState};

/// What a server said when it refused a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The five characters of the SQLSTATE.
    pub sqlstate: String,
    /// The primary message.
    pub message: String,
    /// DETAIL, if any.
    pub detail: Option<String>,
    /// HINT, if any.
    pub hint: Option<String>,
    /// CONTEXT, if any.
    pub context: Option<String>,
    /// The constraint that was broken, if it was one.
    pub constraint: Option<String>,
    /// The failing character of the statement, from 1, where the server tells.
    pub character: Option<u32>,
}

impl From<&ServerMessage> for Refusal {
    fn from(error: &ServerMessage) -> Self {
        let character = match error.position() {
            Some(ErrorPosition::Original(character)) => Some(*character),
            _ => None,
        };
        Self {
            sqlstate: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            context: error.where_().map(str::to_owned),
            constraint: error.constraint().map(str::to_owned),
            character,
        }
    }
}

impl Refusal {
    /// Tells whether the server lacked something that no file can mend: disk, memory, locks, time, a right of the role's.
    pub fn is_of_the_server(&self) -> bool {
        let class = self.sqlstate.get(..2).unwrap_or_default();
        class == "53" || class == "58" || matches!(self.sqlstate.as_str(), "57014" | "25006" | "42501")
    }

    /// Tells whether the lock table was too small. PostgreSQL has no code of its own for it.
    pub fn is_out_of_locks(&self) -> bool {
        self.sqlstate == "53200"
            && self.hint.as_ref().is_some_and(|hint| hint.contains("max_locks_per_transaction"))
    }

    /// Tells whether waiting and trying again can help: a lock that was not to be had, a deadlock, a serialization
    /// failure, a row of the catalog that another session changed at the same time.
    pub fn passes_with_time(&self) -> bool {
        // PostgreSQL has no code of its own for it, and leaves the words as they are in every language.
        let collided = ["tuple concurrently updated", "tuple concurrently deleted"];
        if self.sqlstate == "XX000" && collided.contains(&self.message.as_str()) {
            return true;
        }
        [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE]
            .iter()
            .any(|state| state.code() == self.sqlstate)
    }
}

/// Tells a lost connection from a refusal: `None` where the server did not answer.
pub(super) fn refusal(error: &tokio_postgres::Error) -> Option<Refusal> {
    error.as_db_error().map(Refusal::from)
}

/// SQLSTATEs with which a server ends a session by itself: a shutdown, a crash, `pg_terminate_backend`.
pub(super) fn ends_session(sqlstate: &str) -> bool {
    matches!(sqlstate, "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25P04")
        || sqlstate.starts_with("08")
}
