//! How far a migration outside a transaction has come, read when nobody else can be at work on it any more.

use tokio_postgres::types::{ToSql, Type};

use super::error::DbError;
use super::ledger::journal_entry;
use super::lock::own_error;
use super::session::Session;
use crate::model::ledger::{JournalEntry, goes_on_from};
use crate::model::{Direction, Step};

const BEGUN: &str = include_str!("queries/begun.sql");

/// How far a step has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// Nobody began it.
    Not,
    /// It is in the journal, with these statements.
    Partly(Vec<JournalEntry>),
    /// An earlier run completed it after the plan was made.
    Whole,
}

/// Reads how far `step` has come. The run that was killed may have written until its session ended, so what the plan saw
/// is not enough.
pub(super) async fn read(session: &Session, step: &Step) -> Result<Begun, DbError> {
    let parameters: [(&(dyn ToSql + Sync), Type); 3] =
        [(&step.module, Type::TEXT), (&step.schema, Type::TEXT), (&step.version.0, Type::INT8)];
    let rows = session.client.query_typed(BEGUN, &parameters).await;
    let rows = rows.map_err(|error| own_error(session.target(), "reading the journal", &error))?;
    let applied = rows.first().is_some_and(|row| row.get("applied"));
    if applied == (step.direction == Direction::Up) {
        return Ok(Begun::Whole);
    }
    let overtaken = || DbError::Overtaken { target: session.target().to_owned(), migration: step.label() };
    let malformed = |what| DbError::LedgerMalformed { target: session.target().to_owned(), what };
    let mut entries = Vec::new();
    for row in &rows {
        let Some(version) = row.get::<_, Option<i64>>("version") else { return Ok(Begun::Not) };
        if version != step.version.0 || row.get::<_, &str>("direction") != step.direction.as_str() {
            return Err(overtaken());
        }
        if row.get::<_, Option<i32>>("ordinal").is_some() {
            entries.push(journal_entry(row).map_err(malformed)?);
        }
    }
    if goes_on_from(&entries, &step.script) { Ok(Begun::Partly(entries)) } else { Err(overtaken()) }
}
