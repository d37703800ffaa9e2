//! The rows of `crmdb.foreign_key`.

use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, Row};

use super::each;
use crate::model::deferred::{Progress, Recorded};

pub(super) const FOREIGN_KEYS: &str = include_str!("../queries/foreign_keys.sql");

/// The ledger version that brought the table.
const SINCE: i64 = 3;

/// Makes the rows into values; none of a ledger from before the table.
pub(super) fn read(
    version: i64,
    rows: Result<Vec<Row>, Error>,
) -> Result<Result<Vec<Recorded>, String>, Error> {
    match rows {
        Ok(rows) => Ok(each(&rows, recorded)),
        Err(error) if version < SINCE && error.code() == Some(&SqlState::UNDEFINED_TABLE) => {
            Ok(Ok(Vec::new()))
        }
        Err(error) => Err(error),
    }
}

fn recorded(row: &Row) -> Result<Recorded, String> {
    let (definition, state): (&str, &str) = (row.get("definition"), row.get("state"));
    let progress = Progress::read(state, row.get("orphans"));
    Ok(Recorded {
        module: row.get("module"),
        schema: row.get("schema"),
        table: row.get("table_name"),
        name: row.get("name"),
        constraint: row.get("constraint_name"),
        definition: definition.parse().map_err(|error| format!("the foreign key `{definition}`: {error}"))?,
        progress: progress.ok_or_else(|| format!("a foreign key in the state `{state}`"))?,
        tables: (row.get("table_oid"), row.get("target_oid")),
        changed_at: row.get("changed_at"),
    })
}
