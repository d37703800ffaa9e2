//! Reads the catalog around the keys.

use serde_json::{Value, json};
use tokio_postgres::types::{ToSql, Type};

use crate::db::error::DbError;
use crate::db::lock::own_error;
use crate::db::session::Session;
use crate::model::deferred::{Key, Seen};

const SEEN: &str = include_str!("../queries/seen_foreign_keys.sql");

/// Returns what the catalog holds around each of `keys`, in their order, in one round trip whatever their number, and in
/// none where there are none. Needs no lock.
pub async fn observe(session: &Session, keys: &[Key]) -> Result<Vec<Seen>, DbError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!({
                "schema": key.schema,
                "table": key.table,
                "columns": key.declared.columns,
                "name": key.name,
                "target_schema": key.target_schema,
                "target_table": key.declared.target.table,
                "target_columns": key.declared.target.columns,
            })
        })
        .collect();
    let wanted = Value::from(wanted);
    let parameters: &[(&(dyn ToSql + Sync), Type)] = &[(&wanted, Type::JSONB)];
    let rows = session.client.query_typed(SEEN, parameters).await;
    let rows = rows.map_err(|error| own_error(session.target(), "looking at the foreign keys", &error))?;
    let seen: Result<Vec<Seen>, _> = rows.iter().map(|row| serde_json::from_value(row.get(0))).collect();
    seen.map_err(|error| DbError::Catalog { target: session.target().to_owned(), what: error.to_string() })
}
