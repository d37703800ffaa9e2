//! Counts the rows and values of one loss within the time that is left, else estimates them.

use jiff::Timestamp;
use tokio::time::Instant;
use tokio_postgres::types::{ToSql, Type};

use super::Fact;
use crate::db::error::{DbError, refusal};
use crate::db::lock::own_error;
use crate::db::session::Session;
use crate::model::blast::{Amount, Certainty, Loss, Lost, Since};
use crate::sql::quote::{self, QuoteError};

const COLUMN_ESTIMATE: &str = include_str!("../queries/target/column_estimate.sql");
const DOING: &str = "counting what would die";

/// What counting one loss goes by.
pub(super) struct Terms<'a> {
    pub(super) fact: &'a Fact,
    /// When the migration that is taken back was applied.
    pub(super) applied: Option<Timestamp>,
    /// When counting must have ended.
    pub(super) until: Instant,
}

/// Returns how much dies.
pub(super) async fn amount(session: &Session, loss: &Loss, terms: &Terms<'_>) -> Result<Amount, DbError> {
    let left = terms.until.saturating_duration_since(Instant::now()).as_millis();
    if left == 0 {
        return estimate(session, loss, (terms.fact, "the time for counting was over".to_owned())).await;
    }
    let Ok(sql) = question(loss, terms.fact.stamp.as_deref()) else {
        return Ok(Amount { why: Some("its name can't be written as SQL".to_owned()), ..Amount::unknown() });
    };
    // Without row security a count would be of the rows that this role may see; with it off the server refuses.
    let begin = format!(
        "BEGIN READ ONLY; SET LOCAL lock_timeout = '200ms'; SET LOCAL row_security = off; \
         SET LOCAL statement_timeout = {left}"
    );
    session.run(DOING, &begin).await?;
    let applied = terms.applied.unwrap_or(Timestamp::MAX);
    let parameters: &[(&(dyn ToSql + Sync), Type)] =
        if terms.fact.stamp.is_some() { &[(&applied, Type::TIMESTAMPTZ)] } else { &[] };
    let counted = session.client.query_typed(&sql, parameters).await;
    let row = match counted {
        Ok(rows) => {
            session.run(DOING, "ROLLBACK").await?;
            rows.into_iter().next()
        }
        Err(error) => {
            let Some(refusal) = refusal(&error) else {
                return Err(own_error(session.target(), DOING, &error));
            };
            session.run(DOING, "ROLLBACK").await?;
            let why = match refusal.sqlstate.as_str() {
                "57014" => "counting took too long".to_owned(),
                "55P03" => "another session has locked it".to_owned(),
                _ => refusal.message,
            };
            return estimate(session, loss, (terms.fact, why)).await;
        }
    };
    let Some(row) = row else { return Ok(Amount::unknown()) };
    let number = |at: usize| row.get::<_, Option<i64>>(at).and_then(|number| u64::try_from(number).ok());
    let rows = number(0).unwrap_or_default();
    Ok(Amount {
        rows,
        certainty: Certainty::Exact,
        bytes: number(1).or(matches!(loss.lost, Lost::Table | Lost::Rows).then_some(terms.fact.bytes)),
        since: terms.applied.and_then(|_| since(loss, terms.fact, (number(2), rows))),
        why: None,
    })
}

/// The statistics count whole rows, so they tell nothing of values.
fn since(loss: &Loss, fact: &Fact, (counted, rows): (Option<u64>, u64)) -> Option<Since> {
    let whole = matches!(loss.lost, Lost::Table | Lost::Rows | Lost::SomeRows);
    match (&fact.stamp, counted) {
        (Some(stamp), Some(counted)) => Some(Since { rows: counted, by: stamp.clone() }),
        // Nothing written, and rows all the same: the statistics are younger, or off.
        _ if rows == 0 || fact.written == 0 || !whole => None,
        _ => Some(Since { rows: fact.written, by: "statistics".to_owned() }),
    }
}

/// Returns the query: the rows or values, the bytes of the values, those written after `$1` where a column tells.
fn question(loss: &Loss, stamp: Option<&str>) -> Result<String, QuoteError> {
    let table =
        format!("{}.{}", quote::identifier(&loss.relation.schema)?, quote::identifier(&loss.relation.name)?);
    let (counted, bytes, filter) = match &loss.lost {
        Lost::Table | Lost::Rows | Lost::SomeRows => {
            ("count(*)".to_owned(), "NULL::int8".to_owned(), String::new())
        }
        Lost::Column { column } | Lost::Converted { column, .. } => {
            let column = quote::identifier(column)?;
            let bytes = format!("coalesce(sum(pg_catalog.pg_column_size({column})), 0)::int8");
            (format!("count({column})"), bytes, format!(" AND {column} IS NOT NULL"))
        }
        Lost::EnumValue { column, array, value, .. } => {
            let (column, value) = (quote::identifier(column)?, quote::literal(value)?);
            let has = if *array {
                format!("{value} = ANY ({column}::text[])")
            } else {
                format!("{column}::text = {value}")
            };
            (format!("count(*) FILTER (WHERE {has})"), "NULL::int8".to_owned(), format!(" AND {has}"))
        }
    };
    let since = match stamp {
        Some(stamp) => format!("count(*) FILTER (WHERE {} > $1{filter})", quote::identifier(stamp)?),
        None => "NULL::int8".to_owned(),
    };
    Ok(format!("SELECT {counted}, {bytes}, {since} FROM ONLY {table}"))
}

async fn estimate(session: &Session, loss: &Loss, (fact, why): (&Fact, String)) -> Result<Amount, DbError> {
    let Some(rows) = fact.rows else { return Ok(Amount { why: Some(why), ..Amount::unknown() }) };
    let whole_table = Amount {
        rows,
        certainty: Certainty::Estimate,
        bytes: Some(fact.bytes),
        since: None,
        why: Some(why.clone()),
    };
    let column = match &loss.lost {
        Lost::Table | Lost::Rows | Lost::SomeRows => return Ok(whole_table),
        // How many rows have one value is not worth a guess: none may.
        Lost::EnumValue { .. } => return Ok(Amount { why: Some(why), ..Amount::unknown() }),
        Lost::Column { column } | Lost::Converted { column, .. } => column,
    };
    let parameters: &[(&(dyn ToSql + Sync), Type)] =
        &[(&loss.relation.schema, Type::TEXT), (&loss.relation.name, Type::TEXT), (column, Type::TEXT)];
    let found = session.client.query_typed(COLUMN_ESTIMATE, parameters).await;
    let found = found.map_err(|error| own_error(session.target(), DOING, &error))?;
    let Some(row) = found.first() else { return Ok(Amount { why: Some(why), ..Amount::unknown() }) };
    let (null_fraction, width): (f64, i32) = (row.get(0), row.get(1));
    #[expect(clippy::cast_precision_loss, reason = "an estimate has no 53 bits to lose")]
    let values = whole(rows as f64 * (1.0 - null_fraction));
    let bytes = values.checked_mul(u64::try_from(width).unwrap_or_default());
    Ok(Amount { rows: values, bytes, ..whole_table })
}

/// Returns a number of rows as the statistics have it: never negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "statistics hold no more rows than 2^53"
)]
pub(super) fn whole(number: f64) -> u64 {
    number.max(0.0).round() as u64
}
