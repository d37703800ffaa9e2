//! Counts the rows that a key does not hold for, and samples what they refer to.

use crate::db::error::Refusal;
use crate::db::record::Limits;
use crate::db::session::Session;
use crate::model::deferred::{Constraint, Key, Seen};
use crate::model::foreign_key::Matching;
use crate::sql::quote;

/// How many of the values without a target are shown.
const SAMPLES: usize = 5;

/// The rows that a key does not hold for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orphans {
    /// All of them.
    pub count: i64,
    /// The first of the values that they hold, in the order of the columns' types; five at most.
    pub samples: Vec<Sample>,
    /// The SELECT that shows all of these rows whole.
    pub query: String,
}

/// A value of the referencing columns that nothing has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// In the order of the key's columns, as the server writes them; `None` for a null.
    pub values: Vec<Option<String>>,
    /// How many rows hold it.
    pub rows: i64,
}

/// Counts in one scan. `constraint` tells the operators that the server compares with, once it is there.
pub(super) async fn count(
    session: &Session,
    (key, seen): (&Key, &Seen),
    constraint: Option<&Constraint>,
    limits: &Limits,
) -> Result<Orphans, tokio_postgres::Error> {
    let begin = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL lock_timeout = {}; \
         SET LOCAL statement_timeout = {}; SET LOCAL client_connection_check_interval = '1s'",
        limits.lock_timeout.as_millis(),
        limits.statement_timeout.as_millis()
    );
    let orphaned = orphaned((key, seen), constraint);
    let sql = grouped(key, &orphaned);
    let (began, rows, ended) = tokio::join!(
        biased;
        session.client.batch_execute(&begin),
        session.client.query_typed(&sql, &[]),
        session.client.batch_execute("COMMIT"),
    );
    began?;
    let rows = rows?;
    ended?;
    let count = rows.first().map_or(0, |row| row.get("total"));
    let samples = rows.iter().map(|row| Sample { values: row.get("values"), rows: row.get("rows") });
    Ok(Orphans { count, samples: samples.collect(), query: format!("SELECT o.* {orphaned}") })
}

fn name(text: &str) -> String {
    quote::identifier(text).expect("a name of a key can be written as SQL")
}

fn columns(key: &Key) -> Vec<String> {
    key.declared.columns.iter().map(|one| format!("o.{}", name(one))).collect()
}

/// Counts the orphans by what they refer to.
fn grouped(key: &Key, orphaned: &str) -> String {
    let columns = columns(key);
    let texts: Vec<String> = columns.iter().map(|column| format!("{column}::text")).collect();
    format!(
        "SELECT ARRAY[{}] AS values, pg_catalog.count(*) AS rows, \
         (pg_catalog.sum(pg_catalog.count(*)) OVER ())::bigint AS total {orphaned} \
         GROUP BY {list} ORDER BY {list} LIMIT {SAMPLES}",
        texts.join(", "),
        list = columns.join(", "),
    )
}

/// Returns FROM and WHERE of the rows, `o`, that a key does not hold for.
fn orphaned((key, seen): (&Key, &Seen), constraint: Option<&Constraint>) -> String {
    let columns = columns(key);
    let operator = |column: &String| {
        let at = constraint.and_then(|constraint| {
            let at = constraint.columns.iter().position(|one| one == column)?;
            constraint.operators.get(at)
        });
        at.map_or("=", String::as_str)
    };
    let pairs = key.declared.columns.iter().zip(&seen.target_columns);
    let equal: Vec<String> = pairs
        .map(|(column, target)| format!("t.{} {} o.{}", name(target), operator(column), name(column)))
        .collect();
    // A row with a null refers to nothing; with MATCH FULL only one with nulls alone.
    let joint = if key.declared.matching == Matching::Full { " OR " } else { " AND " };
    let present: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
    format!(
        "FROM {} o WHERE ({}) AND NOT EXISTS (SELECT FROM {} t WHERE {})",
        key.table_sql(),
        present.join(joint),
        key.target_sql(),
        equal.join(" AND "),
    )
}

/// Tells whether the server refused because of orphans.
pub(super) fn are_in_the_way(refusal: &Refusal) -> bool {
    refusal.sqlstate == "23503"
}
