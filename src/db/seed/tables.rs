//! Reads the tables of a target from its catalog.

use serde::Deserialize as _;

use crate::db::error::DbError;
use crate::db::lock::own_error;
use crate::db::session::Session;
use crate::model::seed::{Table, Tables};

const TABLES: &str = include_str!("../queries/tables.sql");

/// Reads all tables but the server's own and crmdb's, in one round trip and a transaction of its own. Needs no lock.
pub async fn read_tables(session: &Session) -> Result<Tables, DbError> {
    // The planner takes the query for an expensive one, and compiling it would take longer than running it.
    let (_, rows, end) = tokio::join!(
        biased;
        session.client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off"),
        session.client.query_typed(TABLES, &[]),
        session.client.batch_execute("COMMIT"),
    );
    let rows = end.and(rows);
    let rows = rows.map_err(|error| own_error(session.target(), "reading the catalog's tables", &error))?;
    let table = |value: serde_json::Value| {
        Table::deserialize(value).map_err(|error| DbError::LedgerMalformed {
            target: session.target().to_owned(),
            what: format!("a table that can't be read: {error}"),
        })
    };
    rows.iter().map(|row| table(row.get(0))).collect::<Result<Vec<_>, _>>().map(Tables::new)
}
