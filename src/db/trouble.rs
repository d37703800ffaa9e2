//! How a statement ended that did not end well.

use super::error::{DbError, Refusal};

/// What the statement of a file met.
pub(super) enum Trouble {
    /// The server refused it.
    Refused(Refusal),
    /// The connection is gone, or crmdb's own SQL failed.
    Fatal(DbError),
}

impl From<DbError> for Trouble {
    fn from(error: DbError) -> Self {
        Self::Fatal(error)
    }
}
