//! What the target holds of what a plan would destroy or lock: rows, bytes, sessions. Reads only.

mod count;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::error::DbError;
use super::lock::own_error;
use super::session::Session;
use crate::model::blast::{Amount, Certainty, Loss, Lost, User};
use crate::model::rehearsal::{LockMode, Relation};

const HOLDS_ROWS: &str = include_str!("../queries/target/holds_rows.sql");
const FACTS: &str = include_str!("../queries/target/facts.sql");
const USERS: &str = include_str!("../queries/target/users.sql");
const CASCADES: &str = include_str!("../queries/target/cascades.sql");
const PROTECTED: &str = include_str!("../queries/target/protected.sql");
const NO_PARAMETERS: &[(&(dyn ToSql + Sync), Type)] = &[];

/// What the catalog says of a relation of the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its size with indexes and TOAST.
    pub bytes: u64,
    /// The rows that `ANALYZE` or `VACUUM` saw last; `None` where neither ran.
    pub rows: Option<u64>,
    /// Rows inserted and updated since the statistics began.
    pub written: u64,
    /// A column that says when a row was written: its default is the time of the statement or transaction.
    pub stamp: Option<String>,
}

/// The facts about relations, those left out that are not there.
pub type Facts = BTreeMap<Relation, Fact>;

/// Tells whether any table but the ledger's may hold a row: false only where the file of every one is empty. A table that
/// can't be looked at, because another session has locked it, counts as one that does.
pub async fn holds_rows(session: &Session) -> Result<bool, DbError> {
    session.run("looking for rows", "BEGIN READ ONLY; SET LOCAL lock_timeout = '200ms'").await?;
    let rows = session.client.query_typed(HOLDS_ROWS, NO_PARAMETERS).await;
    session.run("looking for rows", "ROLLBACK").await?;
    Ok(rows.map_or(true, |rows| rows.first().is_none_or(|row| row.get::<_, Option<bool>>(0) == Some(true))))
}

/// Tells whether the database says of itself that it is protected: `ALTER DATABASE crm SET crmdb.protected = on`.
pub async fn is_protected(session: &Session) -> Result<bool, DbError> {
    let setting = session.values("asking whether the target is protected", PROTECTED).await?;
    Ok(setting.first().is_some_and(|setting| ["on", "true", "yes", "1"].contains(&setting.as_str())))
}

/// Reads what the catalog says of these relations.
pub async fn read_facts(session: &Session, relations: &[&Relation]) -> Result<Facts, DbError> {
    let rows = ask(session, (FACTS, "reading the sizes of tables"), relations).await?;
    let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
    let facts = rows.iter().map(|row| {
        let tuples: f64 = row.get("tuples");
        let fact = Fact {
            bytes: unsigned(row.get("bytes")),
            // -1 where nobody has counted yet.
            rows: (tuples >= 0.0).then(|| count::whole(tuples)),
            written: unsigned(row.get("written")),
            stamp: row.get("stamp"),
        };
        (relation(row), fact)
    });
    Ok(facts.collect())
}

/// Reads which other sessions hold locks on these relations, the one with the longest transaction first.
pub async fn read_users(session: &Session, relations: &[&Relation]) -> Result<Vec<User>, DbError> {
    let rows = ask(session, (USERS, "reading who uses the tables"), relations).await?;
    let mut users: Vec<User> = Vec::new();
    for row in &rows {
        let Some(mode) = LockMode::read(row.get("mode")) else { continue };
        let (pid, relation) = (row.get("pid"), relation(row));
        if let Some(user) = users.iter_mut().find(|user| user.pid == pid && user.relation == relation) {
            user.mode = user.mode.max(mode);
            continue;
        }
        users.push(User {
            pid,
            role: row.get("role"),
            application: row.get("application"),
            host: row.get("host"),
            state: row.get("state"),
            seconds: row.get::<_, Option<i64>>("seconds").unwrap_or_default(),
            relation,
            mode,
        });
    }
    Ok(users)
}

/// Returns the tables that lose rows when these lose some, because they refer to them with `ON DELETE CASCADE`.
pub async fn read_cascades(session: &Session, relations: &[&Relation]) -> Result<Vec<Relation>, DbError> {
    let rows = ask(session, (CASCADES, "reading what refers to the tables"), relations).await?;
    Ok(rows.iter().map(|row| Relation { schema: row.get(0), name: row.get(1) }).collect())
}

/// What counting goes by.
#[derive(Clone, Copy, Debug)]
pub struct Counting<'a> {
    /// What the catalog says of the relations.
    pub facts: &'a Facts,
    /// How long counting may take in all.
    pub budget: Duration,
    /// When the migration of each step was applied, by the step's index; `None` where it is not.
    pub applied: &'a [Option<Timestamp>],
}

/// Counts what dies, the smallest tables first, until the budget is spent; estimates the rest.
///
/// # Errors
///
/// When the connection is lost. What the server refuses to count is estimated.
pub async fn count(session: &Session, losses: &mut [Loss], counting: &Counting<'_>) -> Result<(), DbError> {
    let mut order: Vec<usize> = (0..losses.len()).collect();
    let size = |loss: &Loss| counting.facts.get(&loss.relation).map_or(0, |fact| fact.bytes);
    order.sort_by_key(|&index| size(&losses[index]));
    let until = tokio::time::Instant::now() + counting.budget;
    for index in order {
        let loss = &losses[index];
        let amount = match counting.facts.get(&loss.relation) {
            // The plan would take it from a table that the target does not have.
            None => Amount { why: Some("the table is not there".to_owned()), ..Amount::unknown() },
            Some(fact) => {
                let applied = counting.applied.get(loss.step).copied().flatten();
                count::amount(session, loss, &count::Terms { fact, applied, until }).await?
            }
        };
        losses[index].amount = match losses[index].lost {
            Lost::SomeRows if amount.certainty == Certainty::Exact => {
                Amount { certainty: Certainty::AtMost, ..amount }
            }
            _ => amount,
        };
    }
    Ok(())
}

fn relation(row: &Row) -> Relation {
    Relation { schema: row.get("schema"), name: row.get("name") }
}

async fn ask(
    session: &Session,
    (sql, doing): (&str, &'static str),
    relations: &[&Relation],
) -> Result<Vec<Row>, DbError> {
    let schemas: Vec<&str> = relations.iter().map(|relation| relation.schema.as_str()).collect();
    let names: Vec<&str> = relations.iter().map(|relation| relation.name.as_str()).collect();
    let parameters: &[(&(dyn ToSql + Sync), Type)] =
        &[(&schemas, Type::TEXT_ARRAY), (&names, Type::TEXT_ARRAY)];
    let rows = session.client.query_typed(sql, parameters).await;
    rows.map_err(|error| own_error(session.target(), doing, &error))
}
