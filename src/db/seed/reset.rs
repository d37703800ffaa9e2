//! Counts and deletes the rows of the tables that seeds own.

use std::collections::BTreeMap;

use crate::db::error::DbError;
use crate::db::lock::own_error;
use crate::db::session::Session;
use crate::model::seed::reset::{Counted, Reach, Referring};
use crate::model::seed::{ForeignKey, OnDelete, Table};
use crate::sql::quote::held::identifier;

const FORGET: &str = include_str!("../queries/forget_seeds_of.sql");

/// Counts the rows that a reset would take, and those that stand in its way, in one round trip.
pub async fn count_rows(session: &Session, reach: &Reach) -> Result<Vec<Counted>, DbError> {
    if reach.owned.is_empty() {
        return Ok(Vec::new());
    }
    let whole = reach
        .owned
        .iter()
        .map(|table| format!("SELECT {}::int8, count(*), 0::int8 FROM {}", table.oid, table.sql()));
    let parts = reach.referring.iter().map(|entry| {
        let dies = dies(reach, entry, &mut Vec::new());
        let forbidden = entry.keys.iter().filter(|key| key.on_delete.forbids());
        let refers = any(forbidden.map(|key| refers(reach, (key, 0), &mut vec![entry.table.oid])));
        format!(
            "SELECT {}::int8, count(*) FILTER (WHERE {dies}), count(*) FILTER (WHERE {refers} AND NOT {dies}) FROM {} AS t0",
            entry.table.oid,
            entry.table.sql()
        )
    });
    let sql = whole.chain(parts).collect::<Vec<_>>().join(" UNION ALL ");
    let rows = session.client.query_typed(&sql, &[]).await;
    let rows =
        rows.map_err(|error| own_error(session.target(), "counting the rows that would die", &error))?;
    let number = |value: i64| u64::try_from(value).unwrap_or_default();
    let counted = rows.iter().map(|row| Counted {
        table: u32::try_from(row.get::<_, i64>(0)).unwrap_or_default(),
        dying: number(row.get(1)),
        blocking: number(row.get(2)),
    });
    Ok(counted.collect())
}

/// Returns the condition under which a row of the table, whose alias is `t` and the depth of `path`, dies by cascades.
fn dies(reach: &Reach, entry: &Referring, path: &mut Vec<u32>) -> String {
    let depth = path.len();
    path.push(entry.table.oid);
    let cascades = entry.keys.iter().filter(|key| key.on_delete == OnDelete::Cascade);
    let condition = any(cascades.map(|key| refers(reach, (key, depth), path)));
    path.pop();
    condition
}

/// Returns the condition under which a row refers by the key to a row that dies. A ring of cascades is followed once.
fn refers(reach: &Reach, (key, depth): (&ForeignKey, usize), path: &mut Vec<u32>) -> String {
    let column = |depth: usize, name: &str| format!("t{depth}.{}", identifier(name));
    let set = key.columns.iter().map(|name| format!("{} IS NOT NULL", column(depth, name)));
    if reach.owned.iter().any(|table| table.oid == key.target) {
        return format!("({})", set.collect::<Vec<_>>().join(" AND "));
    }
    let target = reach.referring.iter().find(|entry| entry.table.oid == key.target);
    let Some(target) = target.filter(|target| !path.contains(&target.table.oid)) else {
        return "false".to_owned();
    };
    let inner = path.len();
    let pairs = key.columns.iter().zip(&key.target_columns);
    let same = pairs.map(|(own, other)| format!("{} = {}", column(inner, other), column(depth, own)));
    let same = same.collect::<Vec<_>>().join(" AND ");
    let dies = dies(reach, target, path);
    format!("EXISTS (SELECT FROM {} AS t{inner} WHERE {same} AND {dies})", target.table.sql())
}

fn any(conditions: impl Iterator<Item = String>) -> String {
    let conditions: Vec<_> = conditions.collect();
    if conditions.is_empty() { "false".to_owned() } else { format!("({})", conditions.join(" OR ")) }
}

/// Deletes all rows of the tables and lets the ledger forget the seeds that are lost with them.
///
/// One statement for all tables: a key between two of them is checked when the rows of both are gone.
pub(super) async fn empty(
    session: &Session,
    tables: &[Table],
    forgotten: &[u32],
) -> Result<BTreeMap<u32, u64>, DbError> {
    if tables.is_empty() {
        return Ok(BTreeMap::new());
    }
    let deletes: Vec<String> = tables
        .iter()
        .map(|table| format!("d{} AS (DELETE FROM {} RETURNING 1)", table.oid, table.sql()))
        .collect();
    let counts: Vec<String> =
        tables.iter().map(|table| format!("SELECT {0}::int8, count(*) FROM d{0}", table.oid)).collect();
    let sql = format!("WITH {} {}", deletes.join(", "), counts.join(" UNION ALL "));
    let failed = |error| own_error(session.target(), "emptying the tables of the seeds", &error);
    let rows = session.client.query_typed(&sql, &[]).await.map_err(failed)?;
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), _); 1] =
        [(&forgotten, tokio_postgres::types::Type::OID_ARRAY)];
    session.client.execute_typed(FORGET, &parameters).await.map_err(failed)?;
    let number = |value: i64| u64::try_from(value).unwrap_or_default();
    let counted =
        rows.iter().map(|row| (u32::try_from(row.get::<_, i64>(0)).unwrap_or_default(), number(row.get(1))));
    Ok(counted.collect())
}
